// A chart is drawn from the table that stands beside it: one source, readable without the picture.
// <canvas data-ps-chart="bar|line" data-ps-table="ID" data-ps-currency="EUR">; cells give figures in data-v.
(() => {
  "use strict";
  const colour = (name) => {
    const probe = document.createElement("span");
    probe.className = name;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };

  const draw = (canvas) => {
    const table = document.getElementById(canvas.dataset.psTable);
    if (!table) return;
    const rows = [...table.tBodies[0].rows];
    const titles = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    const colours = [colour("ps-t-accent"), colour("ps-t-quiet")];
    const line = colour("ps-t-line");
    const currency = canvas.dataset.psCurrency;
    const format = new Intl.NumberFormat(
      document.documentElement.lang,
      currency ? { style: "currency", currency, maximumFractionDigits: 0 } : {},
    );
    const font = { family: getComputedStyle(document.body).fontFamily, size: 12 };
    const kind = canvas.dataset.psChart;
    const datasets = titles.slice(1).map((label, index) => ({
      label,
      data: rows.map((row) => {
        const value = row.cells[index + 1].dataset.v;
        return value === undefined || value === "" ? null : Number(value);
      }),
      backgroundColor: index === 0 ? colours[0] : line,
      borderColor: colours[index] ?? colours[1],
      borderWidth: kind === "line" ? 2 : index === 0 ? 0 : { top: 2 },
      borderSkipped: false,
      grouped: false,
      categoryPercentage: 1,
      barPercentage: index === 0 ? 0.5 : 0.92,
      pointRadius: 0,
      order: index,
    }));
    const chart = new window.Chart(canvas, {
      type: kind,
      data: { labels: rows.map((row) => row.cells[0].textContent.trim()), datasets },
      options: {
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        plugins: {
          legend: { display: datasets.length > 1, position: "bottom", align: "start", labels: { color: colours[1], font, boxWidth: 12 } },
          tooltip: { callbacks: { label: (item) => `${item.dataset.label} : ${format.format(item.raw)}` } },
        },
        scales: {
          x: { grid: { display: false }, border: { color: line }, ticks: { color: colours[1], font, maxRotation: 0 } },
          y: { beginAtZero: true, border: { display: false }, grid: { color: line }, ticks: { color: colours[1], font, maxTicksLimit: 5, callback: (value) => format.format(value) } },
        },
      },
    });
    const observer = new MutationObserver(() => {
      observer.disconnect();
      chart.destroy();
      draw(canvas);
    });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  };

  if (window.Chart) document.querySelectorAll("canvas[data-ps-chart]").forEach(draw);
})();
