# The service as an image: dependencies pinned by hash, only the wheel, and a user that may write nothing.
FROM docker.io/library/python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt
COPY setup.cfg pyproject.toml README.md LICENSE ./
COPY cards cards
COPY cds_service cds_service
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /venv/bin/pip check && /venv/bin/icans-cds check

FROM docker.io/library/python:3.11-slim-bookworm
COPY --from=build /venv /venv
# With one arena per thread, glibc keeps the memory that each thread has freed.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=1
USER 65532:65532
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
ENTRYPOINT ["icans-cds"]
# It cannot serve patients by accident: without --demo it refuses to start unless a clients file says who may call.
CMD ["serve", "--host", "0.0.0.0"]
