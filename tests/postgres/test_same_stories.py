"""The stories of the core once more, on PostgreSQL: nobody may notice the difference."""

from tests.core.delivery.test_quota import *  # noqa: F403
from tests.core.delivery.test_sender import *  # noqa: F403
from tests.core.store.test_commit import *  # noqa: F403
from tests.core.store.test_intake import *  # noqa: F403
from tests.core.test_deadlines import *  # noqa: F403
from tests.core.test_worker import *  # noqa: F403
