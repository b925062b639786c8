"""The service that `bench.latency` starts: as in production, but in demo mode because the calls are not signed."""

from cds_service.app import create_app
from cds_service.settings import Settings

app = create_app(Settings(demo=True, decision_log="/dev/null"))
