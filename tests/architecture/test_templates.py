"""No template asks the database: a view has loaded what its page shows before the page is drawn.

The guard itself is in tests/conftest.py and watches every page that any test draws.
"""

from __future__ import annotations

import jinja2
import pytest
from django.contrib.contenttypes.models import ContentType

from tests.conftest import QueryInATemplate


@pytest.mark.django_db
def test_a_query_in_a_template_is_noticed() -> None:
    template = jinja2.Environment(autoescape=True).from_string("{% for one in lazy %}{{ one.pk }}{% endfor %}")
    with pytest.raises(QueryInATemplate):
        template.render(lazy=ContentType.objects.all())


@pytest.mark.django_db
def test_what_was_loaded_before_may_be_shown() -> None:
    template = jinja2.Environment(autoescape=True).from_string("{% for one in loaded %}{{ one.pk }}{% endfor %}")
    assert template.render(loaded=list(ContentType.objects.all()[:1]))
