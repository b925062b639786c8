"""The service as `bench.latency` starts it: as in production, but in demo mode, since callers are not authenticated."""

from cds_service.app import create_app
from cds_service.settings import Settings

app = create_app(Settings(demo=True, decision_log="/dev/null"))
