"""The stories of the core once more, on PostgreSQL: nobody may notice the difference."""

from tests.cli.test_picture import *  # noqa: F403
from tests.core.delivery.test_quota import *  # noqa: F403
from tests.core.delivery.test_sender import *  # noqa: F403
from tests.core.forms.test_forms import *  # noqa: F403
from tests.core.store.test_commit import *  # noqa: F403
from tests.core.store.test_intake import *  # noqa: F403
from tests.core.test_deadlines import *  # noqa: F403
from tests.core.test_worker import *  # noqa: F403

# A former life is another matter where several live at once: see test_together.py.
del test_a_row_that_a_former_life_was_sending  # noqa: F821
del test_a_message_that_was_taken_up_in_many_lives_is_parked_unread  # noqa: F821
