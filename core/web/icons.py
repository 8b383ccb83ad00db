"""The icons that pages may use, by their name in Tabler Icons.

``config/vendor.py`` puts exactly these into one sprite; the tag ``{% icon %}`` refuses any other name.
"""

ICONS = frozenset(
    """
    adjustments alert-triangle archive arrow-back-up arrow-left arrow-right barcode bell box briefcase
    building building-bank building-factory building-store building-warehouse calendar calendar-event
    camera cash chart-bar chart-line check checklist chevron-down chevron-left chevron-right chevron-up
    circle-check clipboard-list clock code coin-euro copy corner-up-left credit-card database device-desktop
    device-mobile dots download edit exchange external-link eye eye-off file file-alert file-check
    file-download file-invoice file-text file-upload files filter fingerprint flag folder gavel gift globe
    hand-stop hash heart help heartbeat history home id info-circle key language layout-dashboard layout-grid
    lifebuoy link list list-check list-details lock lock-open login logout mail map map-pin menu-2 message
    messages minus moon note package package-export package-import paperclip password pencil phone photo
    photo-search player-pause player-play plug plus printer qrcode receipt receipt-refund refresh report
    report-analytics rocket route scale scan search selector send server settings shield shield-check
    shield-lock shopping-bag shopping-cart sort-ascending stack-2 star sun sun-high switch-horizontal
    table-export table-import tag tags temperature ticket trash trending-down trending-up truck
    truck-delivery truck-return upload user user-check user-circle user-plus users users-group video wallet
    webhook world world-www x zoom-in
    """.split()  # noqa: SIM905
)
