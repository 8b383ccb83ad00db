"""What the OpenAPI document says of the interface as a whole, and where its readers come from."""

SETTINGS = {
    "TITLE": "Passerelle",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "The bridge by which French merchants open a store on a cross-border marketplace.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.add_problems",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "PointStatus": "orders.enums.PointStatus",
        "PointKind": "orders.enums.PointKind",
        "ApplicationKind": "partners.enums.ApplicationKind",
        "DeliveryKind": "orders.enums.DeliveryKind",
        "OrderStatus": "orders.enums.OrderStatus",
        "ParcelStatus": "orders.enums.ParcelStatus",
    },
}
