"""Hooks to Sentry and OpenTelemetry: off unless SENTRY_DSN or OTEL_EXPORTER_OTLP_ENDPOINT is set."""

from typing import Any

from django.conf import settings

from core.logging import scrub_value


def start(service: str) -> list[str]:
    """Switch on what is configured, in this process; return what that is. ``service``: web or worker."""
    started = []
    if settings.SENTRY_DSN:
        _start_sentry()
        started.append("sentry")
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        _start_opentelemetry(service)
        started.append("opentelemetry")
    return started


def _start_sentry() -> None:
    import sentry_sdk

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=settings.VERSION,
        environment=settings.ENVIRONMENT,
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        before_send=_without_personal_data,
    )


def _without_personal_data(event: Any, _hint: Any) -> Any:
    return scrub_value(event)


def _start_opentelemetry(service: str) -> None:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = {"service.name": f"passerelle-{service}", "service.version": settings.VERSION}
    provider = TracerProvider(resource=Resource.create(name))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument()
