"""How the API cuts lists into pages."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """`?page=` and `?page_size=`, at most 200 rows."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
