// Draws the API's reference from its OpenAPI document, in fonts of the reader's own system.
(() => {
  const place = document.getElementById("reference");
  const fonts = "system-ui, sans-serif";
  const options = {
    hideDownloadButton: false,
    theme: {
      typography: { fontFamily: fonts, headings: { fontFamily: fonts }, code: { fontFamily: "ui-monospace, monospace" } },
    },
  };
  window.Redoc.init(place.dataset.schema, options, place);
})();
