"""Pages of the catalogue, imports, markets and prices."""

from django.urls import path

from catalog.web import imports, markets, media, product, products, selling

app_name = "catalog"
urlpatterns = [
    path("catalog/", products.products, name="products"),
    path("catalog/new/", products.new, name="new"),
    path("catalog/publish/", products.publish, name="publish_many"),
    path("catalog/<uuid:public_id>/", product.sheet, name="product"),
    path("catalog/<uuid:public_id>/variants/", product.variants, name="variants"),
    path("catalog/<uuid:public_id>/variants/<uuid:variant_id>/", product.variant, name="variant"),
    path("catalog/<uuid:public_id>/media/", media.media, name="media"),
    path("catalog/<uuid:public_id>/media/<uuid:media_id>/remove/", media.remove, name="media_remove"),
    path("catalog/media/<uuid:media_id>/<int:width>/", media.picture, name="picture"),
    path("catalog/<uuid:public_id>/languages/", product.languages, name="languages"),
    path("catalog/<uuid:public_id>/languages/<slug:language>/accept/", product.accept, name="accept"),
    path("catalog/<uuid:public_id>/prices/", product.prices, name="prices"),
    path("catalog/<uuid:public_id>/stock/", product.stock, name="stock"),
    path("catalog/<uuid:public_id>/conformity/", selling.conformity, name="conformity"),
    path("catalog/<uuid:public_id>/history/", product.history, name="history"),
    path("catalog/<uuid:public_id>/publish/", selling.publish, name="publish"),
    path("catalog/<uuid:public_id>/withdraw/", selling.withdraw, name="withdraw"),
    path("catalog/<uuid:public_id>/archive/", selling.archive, name="archive"),
    path("catalog/<uuid:public_id>/restore/", selling.restore, name="restore"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.upload, name="import_new"),
    path("imports/<uuid:public_id>/", imports.detail, name="import"),
    path("imports/<uuid:public_id>/columns/", imports.columns, name="import_columns"),
    path("imports/<uuid:public_id>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<uuid:public_id>/cancel/", imports.cancel, name="import_cancel"),
    path("imports/<uuid:public_id>/errors.csv", imports.errors, name="import_errors"),
    path("markets/", markets.markets, name="markets"),
    path("markets/<slug:country>/rule/", markets.rule, name="rule"),
    path("markets/<slug:country>/apply/", markets.apply, name="apply_rule"),
    path("markets/<slug:country>/publish/", markets.publish, name="publish_market"),
]
