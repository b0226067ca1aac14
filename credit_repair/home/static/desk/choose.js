/* The page on which records are chosen: "all" of a group, and how many are ticked on the button. */
(function () {
  "use strict";
  var form = document.querySelector("[data-dk-choose]");
  if (!form) return;
  var button = form.querySelector("[data-dk-choose-go]");
  var boxes = Array.prototype.slice.call(form.querySelectorAll('input[type="checkbox"][name]'));

  form.querySelectorAll("[data-dk-choose-all]").forEach(function (part) { part.hidden = false; });

  function say() {
    var ticked = boxes.filter(function (box) { return box.checked; }).length;
    button.textContent = ticked ? button.dataset.some.replace("%n", String(ticked)) : button.dataset.none;
    // It looks as if it did nothing yet; pressed all the same, the page says what is missing.
    button.setAttribute("aria-disabled", ticked ? "false" : "true");
    form.querySelectorAll("[data-dk-check-all]").forEach(function (all) {
      var own = boxes.filter(function (box) { return box.name === all.dataset.dkCheckAll; });
      var on = own.filter(function (box) { return box.checked; }).length;
      all.checked = own.length > 0 && on === own.length;
      all.indeterminate = on > 0 && on < own.length;
    });
  }

  // After desk.js, which ticks the boxes of a group, has heard the same change.
  form.addEventListener("change", function () { window.setTimeout(say, 0); });
  window.addEventListener("pageshow", say);
  say();
})();
