"""The network for variable stars: curve, periodogram and folded curves side by side."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from experiments.networks.heads import LossOfHeads

#: Tokens the curve and the periodogram are cut into.
TOKENS = 32
#: What the module is told of each candidate period beside its folded curve.
CANDIDATE_FACTS = 2
#: Noise that is added to what is learned from, in units of the deviation.
JITTER = 0.05


@dataclass(frozen=True)
class StarModelConfig:
    """The size of a network; see `CONFIGS` for those that have a name.

    Parameters
    ----------
    embedding : int
        Width of every token, and of the transformers.
    cnn_hidden : int
        Channels inside the convolutions.
    heads, layers : int
        Of each transformer.
    dropout : float
    """

    embedding: int = 128
    cnn_hidden: int = 64
    heads: int = 4
    layers: int = 2
    dropout: float = 0.1


CONFIGS = {
    "compact": StarModelConfig(),
    "optimal": StarModelConfig(192, 96, 6, 3),
    "large": StarModelConfig(256, 128, 8, 4),
}


class MultiBranchStarModelHybrid(nn.Module):
    """Three branches, each convolutions → transformer → pooling, that meet in one.

    The folded curves are pooled by attention: how much each candidate period counts is
    also how sure the network is that it is the period of the star.

    Parameters
    ----------
    config : StarModelConfig
    n_classes, n_summary : int
        Of the answer, and of the numbers that summarise a star.
    """

    def __init__(self, config: StarModelConfig, n_classes: int, n_summary: int) -> None:
        super().__init__()
        size = config.embedding
        self.curve = SequenceBranch(config, channels=2)
        self.periodogram = SequenceBranch(config, channels=2)
        self.folded = FoldedBranch(config)
        self.summary = nn.Sequential(nn.Linear(n_summary, size // 2), nn.GELU())
        self.fusion = nn.Sequential(
            nn.Linear(4 * size + size // 2, 3 * size // 2),
            nn.GELU(),
            nn.Dropout(config.dropout),
        )
        self.classes = nn.Linear(3 * size // 2, n_classes)

    def forward(
        self,
        curve: torch.Tensor,
        periodogram: torch.Tensor,
        folded: torch.Tensor,
        candidates: torch.Tensor,
        summary: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits of the classes, and of the candidate periods.

        Parameters
        ----------
        curve, periodogram : tensor, shape (batch, 2, n_points)
        folded : tensor, shape (batch, n_candidates, n_bins)
        candidates : tensor, shape (batch, n_candidates, 2)
            Log10 of the period and the scatter around the folded curve, standardised.
        summary : tensor, shape (batch, n_summary)

        Returns
        -------
        tensor, shape (batch, n_classes)
        tensor, shape (batch, 2, n_candidates)
            Which candidate is the primary and which the secondary period.
        """
        if self.training:
            curve, periodogram, folded = map(_jittered, (curve, periodogram, folded))
        pooled, scores = self.folded(folded, candidates)
        parts = [self.curve(curve), self.periodogram(periodogram), pooled]
        found = self.fusion(torch.cat([*parts, self.summary(summary)], dim=1))
        return self.classes(found), scores


class SequenceBranch(nn.Module):
    """A long sequence: cut into tokens by convolutions, then read as a whole.

    Parameters
    ----------
    config : StarModelConfig
    channels : int
    """

    def __init__(self, config: StarModelConfig, channels: int) -> None:
        super().__init__()
        self.convolutions = _convolutions(config, channels, nn.ZeroPad1d)
        self.places = nn.Parameter(0.02 * torch.randn(TOKENS, config.embedding))
        self.transformer = _transformer(config)
        self.weights = nn.Linear(config.embedding, 1)

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        """Return one vector for each sequence of shape (channels, n_points)."""
        steps = self.convolutions(sequence)
        tokens = nn.functional.adaptive_avg_pool1d(steps, TOKENS).transpose(1, 2)
        tokens = self.transformer(tokens + self.places)
        shares = self.weights(tokens).softmax(dim=1)
        return (shares * tokens).sum(dim=1)


class FoldedBranch(nn.Module):
    """Folded curves: each becomes a token, and tokens of one star see each other.

    Parameters
    ----------
    config : StarModelConfig
    """

    def __init__(self, config: StarModelConfig) -> None:
        super().__init__()
        size = config.embedding
        self.convolutions = _convolutions(config, 1, nn.CircularPad1d)
        self.facts = nn.Linear(CANDIDATE_FACTS, size)
        self.transformer = _transformer(config)
        self.scores = nn.Linear(size, 2)

    def forward(
        self, folded: torch.Tensor, facts: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the candidates pooled for either period, and their scores."""
        batch, n_candidates, n_bins = folded.shape
        steps = self.convolutions(folded.reshape(-1, 1, n_bins))
        tokens = steps.amax(dim=2) + steps.mean(dim=2)
        tokens = tokens.reshape(batch, n_candidates, -1) + self.facts(facts)
        tokens = self.transformer(tokens)
        scores = self.scores(tokens).transpose(1, 2)
        pooled = scores.softmax(dim=2) @ tokens
        return pooled.flatten(1), scores


def _convolutions(
    config: StarModelConfig, channels: int, padding: type[nn.Module]
) -> nn.Sequential:
    """Return three convolutions, the last as wide as a token; an eighth is left."""
    hidden, layers = config.cnn_hidden, []
    for inputs, outputs, width in (
        (channels, hidden, 7),
        (hidden, hidden, 5),
        (hidden, config.embedding, 5),
    ):
        layers += [
            padding(width // 2),
            nn.Conv1d(inputs, outputs, width, stride=2, bias=False),
            nn.BatchNorm1d(outputs),
            nn.GELU(),
        ]
    return nn.Sequential(*layers)


def _transformer(config: StarModelConfig) -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(
        config.embedding,
        config.heads,
        4 * config.embedding,
        config.dropout,
        activation="gelu",
        batch_first=True,
        norm_first=True,
    )
    return nn.TransformerEncoder(
        layer,
        config.layers,
        norm=nn.LayerNorm(config.embedding),
        enable_nested_tensor=False,
    )


def _jittered(values: torch.Tensor) -> torch.Tensor:
    return values + JITTER * torch.randn_like(values)


class StarLoss(LossOfHeads):
    """Cross-entropy of the class, and what the chosen periods are off.

    The error of a period is the smooth L1 of every candidate's log10 against the true
    one, weighted by how much the network would choose it: it is least where all weight
    is on the nearest candidate. Stars without a (second) period count for nothing.

    Parameters
    ----------
    weight : float
        Of the two periods together, beside 1 for the class.
    """

    #: Errors of log10 periods beyond this count in proportion; 0.02 are five per cent.
    SCALE = 0.05

    def __init__(self, weight: float = 0.5) -> None:
        super().__init__({"class": 1.0, "period": weight, "period2": weight})

    def losses(
        self, outputs: tuple[torch.Tensor, torch.Tensor], targets: torch.Tensor
    ) -> list[torch.Tensor]:
        """Return the losses of the class and of both periods.

        Those of the periods are sums over stars with such, divided by how many periods
        of either kind there are: a kind that is rare weighs less.

        Parameters
        ----------
        outputs : tuple of tensor
            As the network returns them.
        targets : tensor, shape (batch, 3 + n_candidates)
            The class, log10 of both periods (NaN for none), log10 of the candidates.
        """
        logits, scores = outputs
        known, offered = targets[:, 1:3], targets[:, None, 3:]
        there = ~known.isnan()
        away = (offered - known.nan_to_num()[:, :, None]).clamp(-1, 1) / self.SCALE
        each = nn.functional.smooth_l1_loss(
            away, torch.zeros_like(away), reduction="none"
        )
        off = (scores.softmax(dim=2) * each.clamp(max=5)).sum(dim=2)
        periods = (off * there).sum(dim=0) / there.sum().clamp(min=1)
        return [nn.functional.cross_entropy(logits, targets[:, 0].long()), *periods]
