/* Warns before the session ends, where a form could lose what was typed. The server decides: before a word is shown
   it is asked how long the session really lasts, as another tab may have prolonged it. */
(function () {
  "use strict";
  var box = document.querySelector("[data-dk-session]");
  if (!box || !document.querySelector("main form[method='post']")) return;
  var warn = Number(box.dataset.warn);
  var button = box.querySelector("button");
  var timer;

  function show(when) {
    box.hidden = !when;
    button.hidden = when !== "idle";
    box.querySelectorAll("[data-when]").forEach(function (part) { part.hidden = part.dataset.when !== when; });
  }

  function later(seconds) {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, Math.max(1, seconds) * 1000);
  }

  function take(left) {
    if (left.seconds <= 0) { show("over"); return; }
    if (left.seconds > warn) { show(""); later(left.seconds - warn); return; }
    show(left.why);
    later(left.seconds + 1);
  }

  function ask(options) {
    options.headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
    options.credentials = "same-origin";
    options.redirect = "manual";
    return fetch(box.action, options).then(function (answer) {
      if (!answer.ok) return { seconds: 0 };
      return answer.json();
    });
  }

  function look() {
    ask({}).then(take, function () { later(30); });
  }

  box.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    ask({ method: "POST", body: new FormData(box) }).then(take, function () { later(30); });
  }, true);

  later(Number(box.dataset.dkSession) - warn);
})();
