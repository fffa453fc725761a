// Draws every element with `data-chart` (the address of a Vega-Lite specification) or
// `data-spec` (the specification itself), in the colours of the page. The library is loaded with the first chart only.
"use strict";

(() => {
  // Pixels of a letter, of a symbol with the gaps around it, of a line, of an axis, between plots.
  const LETTER = 7, SYMBOL = 30, LINE = 18, AXIS = 60, GAP = 20;
  const MOST_COLUMNS = 4;
  const UNGROUPED =
    "datum.label && abs(datum.value) >= 1000 && abs(datum.value) < 10000 ? format(datum.value, '.12~g') : datum.label";
  let library;

  function load(address) {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => resolve(window.vegaEmbed);
      script.onerror = () => reject(new Error(`${address} could not be loaded`));
      document.head.append(script);
    });
    return library;
  }

  // Canvas-free colours: a token may be light-dark(), so it is resolved by an element.
  function colour(token) {
    const probe = document.createElement("span");
    probe.className = `ink-of-${token}`;
    probe.hidden = true;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  function config() {
    const ink = colour("ink-soft");
    const line = colour("line");
    const text = { labelColor: ink, titleColor: ink, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" };
    return {
      font: getComputedStyle(document.body).fontFamily,
      axis: { ...text, titleLimit: 200, gridColor: line, domainColor: line, tickColor: line },
      legend: { ...text, symbolBaseFillColor: ink, symbolBaseStrokeColor: ink },
      header: { labelColor: ink, titleColor: ink, titleFontWeight: "normal" },
      view: { stroke: null },
      text: { color: ink },
    };
  }

  // Numbers as the language of the page writes them; English is Vega's own.
  function numbers() {
    const spoken = document.documentElement.lang;
    const written = { decimal: ",", thousands: "\u202f", grouping: [3], currency: ["", ""] };
    return spoken === "en" ? {} : { formatLocale: written };
  }

  // Months and days of the week as the language of the page calls them.
  function named(count, first, options) {
    const format = new Intl.DateTimeFormat(document.documentElement.lang, { ...options, timeZone: "UTC" });
    return Array.from({ length: count }, (_, number) => format.format(first(number)));
  }

  function dates() {
    if (document.documentElement.lang === "en") return {};
    const month = (number) => Date.UTC(2023, number, 1);
    const day = (number) => Date.UTC(2023, 0, 1 + number); // the first was a Sunday
    const locale = {
      dateTime: "%A %e %B %Y, %X",
      date: "%d/%m/%Y",
      time: "%H:%M:%S",
      periods: ["AM", "PM"],
      days: named(7, day, { weekday: "long" }),
      shortDays: named(7, day, { weekday: "short" }),
      months: named(12, month, { month: "long" }),
      shortMonths: named(12, month, { month: "short" }),
    };
    return { timeFormatLocale: locale };
  }

  async function specification(element) {
    if (element.dataset.spec) return JSON.parse(element.dataset.spec);
    const answer = await fetch(element.dataset.chart, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  // Names below a chart stand in as many columns as have room, each as long as its column;
  // lines more than were meant make the chart higher, not what is drawn smaller.
  function fitLegend({ legend, scale }, whole, room) {
    if (legend?.orient !== "bottom" || !scale?.domain) return;
    const names = scale.domain.map(String);
    const longest = Math.max(...names.map((name) => name.length)) * LETTER + SYMBOL;
    const meant = Math.ceil(names.length / (legend.columns ?? names.length));
    legend.columns = Math.max(1, Math.min(MOST_COLUMNS, names.length, Math.floor(room / longest)));
    legend.labelLimit = Math.floor(room / legend.columns) - SYMBOL;
    const lines = Math.ceil(names.length / legend.columns) - meant;
    if (whole.height) whole.height += Math.max(0, lines) * LINE;
  }

  // A number of four digits may be a year: it is not grouped, on no axis and in no scale.
  function ungroup(channel, encoding) {
    const guide = { x: "axis", y: "axis", color: "legend", size: "legend" }[channel];
    if (!guide || encoding.type !== "quantitative" || encoding[guide] === null || encoding[guide]?.format) return;
    encoding[guide] = { labelExpr: UNGROUPED, ...encoding[guide] };
  }

  function* encodings(part) {
    yield* Object.entries(part.encoding ?? {});
    for (const inner of part.layer ?? []) yield* encodings(inner);
    if (part.spec) yield* encodings(part.spec);
  }

  // Small plots stand beside each other as far as they have room.
  function fit(spec, room) {
    for (const [channel, encoding] of encodings(spec)) {
      fitLegend(encoding, spec, room - AXIS);
      ungroup(channel, encoding);
    }
    if (spec.facet) spec.columns = Math.max(1, Math.min(spec.columns, Math.floor((room - AXIS) / (spec.spec.width + GAP))));
    return spec;
  }

  async function draw(element) {
    try {
      const [embed, sent] = await Promise.all([load(element.dataset.library), specification(element)]);
      const spec = fit(sent, element.clientWidth);
      element.setAttribute("role", "img");
      element.setAttribute("aria-label", spec.description);
      await embed(element, spec, {
        ast: true,
        actions: false,
        defaultStyle: false,
        renderer: "svg",
        config: config(),
        ...numbers(),
        ...dates(),
        tooltip: { disableDefaultStyle: true },
      });
    } catch {
      element.textContent = document.body.dataset.undrawn;
    }
  }

  function drawAll(root) {
    for (const element of root.querySelectorAll(":is([data-chart], [data-spec]):not([data-drawn])")) {
      element.dataset.drawn = "1";
      draw(element);
    }
  }

  function redraw() {
    for (const element of document.querySelectorAll("[data-drawn]")) draw(element);
  }

  document.addEventListener("DOMContentLoaded", () => drawAll(document));
  document.addEventListener("htmx:load", (event) => drawAll(event.target));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
})();
