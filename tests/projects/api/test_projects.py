import pytest

from projects.choices import Role
from projects.models import Membership, Project
from tests.factories.projects import (
    ActivityFactory,
    MembershipFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def error(response):
    """Return status, code and attribute of the one error answered."""
    (found,) = response.json()["errors"]
    return response.status_code, found["code"], found["attr"]


def test_list_holds_visible_projects_with_ones_role(api, project, owner, stranger):
    ProjectFactory(name="Hidden")
    ProjectFactory(name="Seen", is_public=True)

    answer = api(owner).get("/api/projects/", {"ordering": "-name"}).json()

    assert (answer["count"], answer["next"], answer["previous"]) == (2, None, None)
    assert [(row["name"], row["role"]) for row in answer["results"]] == [
        ("Seen", None),
        (project.name, "owner"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_any_count(
    api, owner, count, django_assert_num_queries
):
    ProjectFactory.create_batch(count, owner=owner)
    client = api(owner)

    with django_assert_num_queries(3):
        client.get("/api/projects/")


@pytest.mark.parametrize(
    "query",
    ["page_size=1000000000", "ordering=members__password", "page_size=-1",
     "members__password__startswith=m", "search=%00", "page=x"],
)  # fmt: skip
def test_list_takes_no_other_questions(api, project, owner, query):
    response = api(owner).get(f"/api/projects/?{query}")

    assert response.status_code in {200, 400, 404}
    if response.status_code == 200:
        assert response.json()["count"] == 1


def test_create_answers_the_project(api, owner):
    response = api(owner).post(
        "/api/projects/", {"name": "Stars", "metadata": {"team": 3}}
    )

    assert response.status_code == 201
    made = response.json()
    assert (made["key"], made["role"], made["members_count"]) == ("stars", "owner", 1)
    assert (made["is_public"], made["metadata"]) == (False, {"team": 3})


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a", "metadata": [1]}, "metadata"),
        ({"name": "a", "metadata": {"x": ["\x00"]}}, "metadata"),
        ({"name": "a", "metadata": {"x": "y" * 10_001}}, "metadata"),
        ({"name": "a", "status": "gone"}, "status"),
    ],
)
def test_create_refuses_what_is_wrong(api, owner, body, attr):
    response = api(owner).post("/api/projects/", body)

    assert response.status_code == 400
    assert response.json()["type"] == "validation_error"
    assert [found["attr"] for found in response.json()["errors"]] == [attr]
    assert Project.objects.count() == 0


@pytest.mark.parametrize("body", ["[]", '"x"', "1", "null", "{", '{"name": NaN}'])
def test_create_refuses_what_is_no_object(api, owner, body):
    response = api(owner).post("/api/projects/", body, content_type="application/json")

    assert response.status_code == 400


def test_create_ignores_what_is_not_ones_to_set(api, owner):
    response = api(owner).post(
        "/api/projects/",
        {"name": "Stars", "id": 99, "key": "stolen", "role": "viewer",
         "created_at": "2001-01-01T00:00:00Z", "status": "archived"},
    )  # fmt: skip

    made = response.json()
    assert made["id"] != 99
    assert (made["key"], made["role"], made["status"]) == ("stars", "owner", "active")
    assert not made["created_at"].startswith("2001")


def test_patch_changes_what_is_given(api, project, owner):
    response = api(owner).patch(
        f"/api/projects/{project.key}/", {"name": "Other", "status": "archived"}
    )

    assert response.status_code == 200
    assert (response.json()["name"], response.json()["status"]) == ("Other", "archived")
    assert project.activities.get().action == "archived"


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_changing_is_for_owners(api, project, member, stranger, method):
    url = f"/api/projects/{project.key}/"

    refused = getattr(api(member), method)(url, {"name": "Other"})
    hidden = getattr(api(stranger), method)(url, {"name": "Other"})

    assert error(refused) == (403, "permission_denied", None)
    assert error(hidden) == (404, "not_found", None)
    assert Project.objects.get().name == project.name


def test_delete_leaves_nothing(api, project, owner):
    response = api(owner).delete(f"/api/projects/{project.key}/")

    assert (response.status_code, response.content) == (204, b"")
    assert Project.objects.count() == 0


def test_members_are_listed_without_addresses(api, project, owner, member):
    response = api(member).get(f"/api/projects/{project.key}/members/")

    assert [
        (row["user"]["username"], row["role"]) for row in response.json()["results"]
    ] == [("member", "editor"), ("owner", "owner")]
    assert "@example.org" not in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_members_need_the_same_queries_for_any_count(
    api, project, owner, count, django_assert_num_queries
):
    MembershipFactory.create_batch(count, project=project)
    client = api(owner)

    with django_assert_num_queries(4):
        client.get(f"/api/projects/{project.key}/members/")


def test_members_can_be_added(api, project, owner, stranger):
    response = api(owner).post(
        f"/api/projects/{project.key}/members/",
        {"user": "stranger@example.org", "role": "editor"},
    )

    assert response.status_code == 201
    assert response.json()["user"]["username"] == "stranger"
    assert project.memberships.get(user=stranger).role == Role.EDITOR


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"user": "nobody"}, (400, "unknown_person", None)),
        ({"user": "owner"}, (409, "already_member", None)),
        ({"user": "stranger", "role": "king"}, (400, "invalid_choice", "role")),
        ({}, (400, "required", "user")),
    ],
)
def test_members_refused_say_why(api, project, owner, stranger, body, expected):
    response = api(owner).post(f"/api/projects/{project.key}/members/", body)

    assert error(response) == expected
    assert project.memberships.count() == 1


def test_members_are_the_owners_matter(api, project, member, stranger):
    url = f"/api/projects/{project.key}/members/"

    refused = api(member).post(url, {"user": "stranger"})
    hidden = api(stranger).post(url, {"user": "stranger"})

    assert error(refused) == (403, "permission_denied", None)
    assert error(hidden) == (404, "not_found", None)
    assert project.memberships.count() == 2


def test_members_of_another_project_are_out_of_reach(api, project, owner):
    foreign = MembershipFactory()
    url = f"/api/projects/{project.key}/members/{foreign.pk}/"

    answers = [api(owner).patch(url, {"role": "owner"}), api(owner).delete(url)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Membership.objects.get(pk=foreign.pk).role == Role.VIEWER


def test_last_owner_cannot_go(api, project, owner):
    membership = project.memberships.get(user=owner)
    url = f"/api/projects/{project.key}/members/{membership.pk}/"

    demoted = api(owner).patch(url, {"role": "viewer"})
    removed = api(owner).delete(url)

    assert error(demoted) == error(removed) == (409, "last_owner", None)
    assert project.memberships.get().role == Role.OWNER


def test_member_may_leave_but_not_send_others_away(api, project, owner, member):
    own, other = (project.memberships.get(user=user) for user in (member, owner))
    url = f"/api/projects/{project.key}/members"

    refused = api(member).delete(f"{url}/{other.pk}/")
    left = api(member).delete(f"{url}/{own.pk}/")

    assert (refused.status_code, left.status_code) == (403, 204)
    assert [row.user for row in project.memberships.all()] == [owner]


def test_activity_tells_who_did_what(api, project, owner, stranger):
    ActivityFactory(project=project, user=owner, action="renamed")
    ActivityFactory(action="secret")

    (row,) = api(owner).get(f"/api/projects/{project.key}/activity/").json()["results"]
    hidden = api(stranger).get(f"/api/projects/{project.key}/activity/")

    assert (row["user"]["username"], row["action"]) == ("owner", "renamed")
    assert hidden.status_code == 404


@pytest.mark.parametrize(
    ("scope", "expected"), [("read", 403), ("write", 403), ("admin", 200)]
)
def test_token_narrows_what_its_owner_may_do(api, project, owner, scope, expected):
    client = api(owner, scope=scope)

    seen = client.get(f"/api/projects/{project.key}/")
    changed = client.patch(f"/api/projects/{project.key}/", {"name": "Other"})

    assert (seen.status_code, changed.status_code) == (200, expected)


def test_removed_member_sees_nothing_with_the_next_request(api, project, member):
    client = api(member)
    before = client.get(f"/api/projects/{project.key}/").status_code

    project.memberships.filter(user=member).delete()

    after = client.get(f"/api/projects/{project.key}/").status_code
    assert (before, after) == (200, 404)


def test_deactivated_person_is_out_at_once(api, project, owner):
    client = api(owner)
    before = client.get("/api/me/").status_code

    owner.is_active = False
    owner.save()

    assert (before, client.get("/api/me/").status_code) == (200, 401)


@pytest.mark.parametrize(
    "header", ["HTTP_X_USER", "HTTP_REMOTE_USER", "HTTP_X_FORWARDED_USER"]
)
def test_names_in_headers_are_not_believed(client, header):
    boss = UserFactory(username="boss", is_superuser=True)

    response = client.get("/api/me/", **{header: boss.username})

    assert response.status_code == 401
