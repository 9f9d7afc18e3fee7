// Reads the report and shows its parts.

/** @type {Report} */
const report = JSON.parse(byId("data").textContent);

showHeading(report);
showHeadlines(report);
showTraining(report);
showVerification(report);
const askFor = showRetrieval(report);
const map = showMap(report, askFor);
showConfused(report, (sample) => {
  askFor(sample);
  byId("retrieval").scrollIntoView();
});
showClasses(
  report,
  map &&
    ((index) => {
      map.showClass(index);
      byId("map").scrollIntoView();
    }),
);
showAttention(report);
showConfiguration(report);

for (const section of document.querySelectorAll("main > section:not([hidden])")) {
  byId("sections").append(
    make(
      "li",
      {},
      make("a", { href: `#${section.id}` }, /** @type {Element} */ (section.querySelector("h2")).textContent ?? ""),
    ),
  );
}
