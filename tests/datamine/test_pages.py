import re

import pytest

from datamine.middleware import limit_of
from projects.choices import ProjectStatus
from tests.factories.experiments import SessionFactory
from tests.factories.projects import (
    ActivityFactory,
    MembershipFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def at_home(client, owner):
    client.force_login(owner)
    return client


def session_in(project, **more):
    return SessionFactory(experiment__version__dataset__project=project, **more)


def test_home_of_a_newcomer_says_what_to_do(at_home):
    page = text(at_home.get("/"))

    assert "No projects yet" in page
    assert "New project" in page


def test_home_shows_own_projects_sessions_and_changes(at_home, project):
    session = session_in(project, status="training", phase="fold 2 of 5")
    ActivityFactory(project=project, action="renamed")

    page = text(at_home.get("/"))

    assert project.name in page
    assert f"{session.experiment.name}, session {session.number}" in page
    assert "fold 2 of 5" in page
    assert "renamed" in page
    assert "1 session running" in page


def test_home_shows_nothing_of_other_projects(client, project, stranger):
    session = session_in(project, status="training")
    ActivityFactory(project=project, action="renamed")
    client.force_login(stranger)

    page = client.get("/").content.decode()

    for secret in (project.name, session.experiment.name, "renamed", "running</a>"):
        assert secret not in page


def test_frame_counts_what_a_person_may_see_now(at_home, owner):
    """The statement is kept, what it answers is not, nor who may see it."""
    foreign = session_in(ProjectFactory(), status="training")
    counted = [text(at_home.get("/")).count("session running")]

    for is_superuser in (True, False):
        owner.is_superuser = is_superuser
        owner.save()
        counted.append(text(at_home.get("/")).count("1 session running"))
    MembershipFactory(project=foreign.experiment.project, user=owner)
    counted.append(text(at_home.get("/")).count("1 session running"))

    assert counted == [0, 1, 0, 1]


def test_home_leaves_out_what_happened_in_public_projects(at_home, project):
    ActivityFactory(project=project, action="renamed")
    ActivityFactory(project=ProjectFactory(is_public=True), action="advertised")

    page = text(at_home.get("/"))

    assert "renamed" in page
    assert "advertised" not in page


def test_home_leaves_archived_projects_out(at_home, owner):
    ProjectFactory(owner=owner, name="Then", status=ProjectStatus.ARCHIVED)

    assert "Then" not in text(at_home.get("/"))


@pytest.mark.parametrize("count", [1, 3])
def test_home_needs_the_same_queries_for_any_count(
    at_home, owner, count, django_assert_num_queries
):
    for _ in range(count):
        project = ProjectFactory(owner=owner)
        session_in(project, status="training")
        ActivityFactory(project=project)

    with django_assert_num_queries(6):
        at_home.get("/")


def test_rail_counts_in_one_query(at_home, project):
    session_in(project)
    MembershipFactory(project=project)

    page = text(at_home.get(project.get_absolute_url()))

    assert "Datasets 1 Experiments 1 Models 0 Members 2 Activity Settings" in page


@pytest.mark.parametrize(
    "url", ["/account/login/", "/", "/api/me/", "/nothing/", "/api/nothing/", "/admin/"]
)
def test_every_answer_carries_the_headers_of_safety(at_home, owner, url):
    owner.is_staff = owner.is_superuser = True
    owner.save()

    response = at_home.get(url)

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert ("unsafe" in policy) == url.startswith("/admin/")


@pytest.mark.parametrize("url", ["/", "/projects/", "/account/", "/account/tokens/"])
def test_pages_hold_no_inline_script_or_style(at_home, project, url):
    page = at_home.get(url).content.decode()

    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page) == []
    assert "//cdn" not in page


@pytest.mark.parametrize("url", ["/", "/projects/", "/account/", "/account/login/"])
def test_pages_have_landmarks_and_one_heading(client, project, owner, url):
    if url != "/account/login/":
        client.force_login(owner)

    page = client.get(url).content.decode()

    assert page.count("<h1>") == 1
    assert page.count("<main ") == 1
    assert '<a class="skip" href="#main">' in page
    assert '<html lang="en"' in page


def test_htmx_is_sent_to_the_login_as_a_page(client):
    response = client.get("/projects/", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert response["HX-Redirect"] == "/account/login/"
    assert response.content == b""


def test_icon_is_an_svg_for_everybody(client):
    response = client.get("/favicon.ico")

    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")


def test_dashboard_counts_what_the_person_may_see(client, project):
    session_in(project, status="training")
    session_in(project, status="failed")
    boss = UserFactory(is_staff=True, is_superuser=True)
    clerk = UserFactory(is_staff=True)

    client.force_login(boss)
    all_of_it = client.get("/admin/").context["tiles"]
    client.force_login(clerk)
    nothing = client.get("/admin/").context["tiles"]

    assert [tile["value"] for tile in all_of_it][:3] == ["1", "0", "1"]
    assert [tile["value"] for tile in nothing][:3] == ["0", "0", "0"]


def test_limit_is_larger_for_files(rf):
    form = rf.post("/", {"a": "b"})
    plain = rf.post("/", "{}", content_type="application/json")

    assert limit_of(form) > 10 * limit_of(plain)
