/* A long list to choose from gets a line to type into: what does not hold the words is left out of the list. */
(function () {
  "use strict";
  document.querySelectorAll("select[data-dk-find]").forEach(function (list) {
    var all = Array.prototype.slice.call(list.options);
    if (all.length < 8) return;
    var line = document.createElement("input");
    line.type = "search";
    line.className = "form-control mb-2";
    line.autocomplete = "off";
    var label = list.labels && list.labels[0] ? list.labels[0].textContent.trim() : "";
    line.setAttribute("aria-label", (list.dataset.dkFind + " " + label).trim());
    line.placeholder = list.dataset.dkFind;
    list.parentNode.insertBefore(line, list);

    line.addEventListener("input", function () {
      var words = line.value.trim().toLowerCase();
      var kept = list.value;
      var shown = all.filter(function (option) {
        return !option.value || option.textContent.toLowerCase().indexOf(words) >= 0;
      });
      list.replaceChildren.apply(list, shown);
      // What was chosen stays chosen while it is in the list; the only one left is chosen.
      var values = shown.map(function (option) { return option.value; });
      var found = values.filter(Boolean);
      list.value = values.indexOf(kept) >= 0 && kept ? kept : found.length === 1 && words ? found[0] : "";
    });
    line.addEventListener("keydown", function (event) {
      if (event.key === "Enter") event.preventDefault();
    });
  });
})();
