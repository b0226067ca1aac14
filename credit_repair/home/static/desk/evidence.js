/* The evidence of a case, a page at a time: larger and smaller, turned, the next page and the last, by button, key and
   finger. Without this script the pages stand one under the other, each a link to its large picture. */
(function () {
  "use strict";
  // A link to an act that is folded unfolds it.
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest('a[href^="#act-"]');
    var act = link && document.getElementById(link.hash.slice(1));
    if (act && act.tagName === "DETAILS") act.open = true;
  });

  var root = document.querySelector("[data-evidence]");
  var bar = root && root.querySelector("[data-viewer-bar]");
  var files = root ? Array.prototype.slice.call(root.querySelectorAll(".dk-evidence__file")) : [];
  if (!bar || !window.PointerEvent || !root.querySelector("[data-sheet]")) return;

  var LEAST = 0.25, MOST = 6, STEP = 1.25, PADDING = 2;
  // Every page of every file in its order; a file without pages is one stop, where its note is read.
  var sheets = [];
  files.forEach(function (file, number) {
    var pages = file.querySelectorAll("[data-sheet] img");
    if (!pages.length) sheets.push({ file: number, page: 0, of: 0, turn: 0 });
    pages.forEach(function (img, at) {
      sheets.push({ file: number, page: at + 1, of: pages.length, turn: 0, small: img.getAttribute("src"), large: img.dataset.full, alt: img.alt });
    });
  });
  var at = 0, zoom = 1, fit = "width", tries = 0, wanted = "";
  var stage = document.createElement("div"), paper = document.createElement("div"), picture = document.createElement("img");
  var failed = document.createElement("p");
  var where = bar.querySelector("[data-viewer-where]"), list = root.querySelector("[data-viewer-files]");
  stage.className = "dk-viewer__stage";
  stage.tabIndex = 0;
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", bar.getAttribute("aria-label"));
  paper.className = "dk-viewer__paper";
  failed.className = "dk-viewer__failed";
  failed.setAttribute("role", "alert");
  failed.hidden = true;
  picture.decoding = "async";
  picture.draggable = false;
  paper.appendChild(picture);
  stage.appendChild(paper);
  stage.appendChild(failed);

  files.forEach(function (file, number) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = file.dataset.file;
    button.title = file.dataset.what + " · " + file.dataset.file;
    if (file.querySelector(".dk-evidence__finding--warning")) button.className = "dk-viewer__warn";
    button.addEventListener("click", function () { show(first(number)); });
    list.appendChild(button);
  });

  function first(number) {
    return sheets.findIndex(function (sheet) { return sheet.file === number; });
  }

  function say(words, n, m) {
    return words.replace("{n}", n).replace("{m}", m);
  }

  function show(number) {
    at = Math.max(0, Math.min(sheets.length - 1, number));
    var sheet = sheets[at];
    files.forEach(function (file, each) { file.hidden = each !== sheet.file; });
    Array.prototype.forEach.call(list.children, function (button, each) {
      button.setAttribute("aria-pressed", String(each === sheet.file));
    });
    files[sheet.file].appendChild(stage);
    stage.hidden = !sheet.of;
    failed.hidden = true;
    where.textContent = sheet.of ? say(root.dataset.page, sheet.page, sheet.of) : "";
    bar.querySelector("[data-do=back]").disabled = at === 0;
    bar.querySelector("[data-do=next]").disabled = at === sheets.length - 1;
    ["out", "in", "fit", "whole", "turn"].forEach(function (name) { bar.querySelector("[data-do=" + name + "]").disabled = !sheet.of; });
    if (sheet.of) {
      picture.alt = sheet.alt;
      load(sheet.small);
      stage.scrollTop = 0;
      ahead();
    }
  }

  function load(address) {
    wanted = address;
    tries = 0;
    picture.src = address;
  }

  // The next page is fetched while this one is read; the site draws it once and keeps it.
  function ahead() {
    var next = sheets[at + 1];
    if (next && next.of && !next.ready) {
      next.ready = new Image();
      next.ready.src = next.small;
    }
  }

  picture.addEventListener("load", function () {
    failed.hidden = true;
    paper.hidden = false;
    lay();
  });
  // Several pages may be drawn at once: a page that had to wait comes a little later.
  picture.addEventListener("error", function () {
    if (tries < 2) {
      tries += 1;
      window.setTimeout(function () { if (picture.getAttribute("src") === wanted) picture.src = wanted; }, 2500 * tries);
      return;
    }
    paper.hidden = true;
    failed.textContent = root.dataset.failed;
    failed.hidden = false;
  });

  // How large the page would be at zoom 1, as it is turned now.
  function shape() {
    var wide = picture.naturalWidth || 1, high = picture.naturalHeight || 1, lying = sheets[at].turn % 180 !== 0;
    var across = lying ? high : wide, down = lying ? wide : high;
    var scale = (stage.clientWidth - PADDING) / across;
    if (fit === "whole") scale = Math.min(scale, (stage.clientHeight - PADDING) / down);
    return { wide: wide * scale, high: high * scale, lying: lying };
  }

  function lay() {
    var page = shape(), wide = page.wide * zoom, high = page.high * zoom;
    paper.style.width = (page.lying ? high : wide) + "px";
    paper.style.height = (page.lying ? wide : high) + "px";
    picture.style.width = wide + "px";
    picture.style.height = high + "px";
    picture.style.transform = "translate(-50%, -50%) rotate(" + sheets[at].turn + "deg)";
    var ratio = window.devicePixelRatio || 1;
    if (wide * ratio > 1150 && wanted !== sheets[at].large) {
      var large = new Image(), sheet = at;
      wanted = sheets[at].large;
      large.onload = function () { if (sheet === at) picture.src = sheets[at].large; };
      large.src = wanted;
    }
  }

  // Zoom, so that what lies under the point stays there.
  function zoomTo(value, x, y) {
    var before = zoom, box = stage.getBoundingClientRect();
    x = x === undefined ? box.width / 2 : x - box.left;
    y = y === undefined ? box.height / 2 : y - box.top;
    zoom = Math.max(LEAST, Math.min(MOST, value));
    var left = (stage.scrollLeft + x) * zoom / before - x, top = (stage.scrollTop + y) * zoom / before - y;
    lay();
    stage.scrollLeft = left;
    stage.scrollTop = top;
    where.title = say(root.dataset.zoomWord, Math.round(zoom * 100), "");
  }

  function fitTo(how) {
    fit = how;
    zoom = 1;
    lay();
    stage.scrollTop = stage.scrollLeft = 0;
  }

  var acts = {
    back: function () { show(at - 1); },
    next: function () { show(at + 1); },
    in: function () { zoomTo(zoom * STEP); },
    out: function () { zoomTo(zoom / STEP); },
    fit: function () { fitTo("width"); },
    whole: function () { fitTo("whole"); },
    turn: function () { sheets[at].turn = (sheets[at].turn + 90) % 360; lay(); }
  };
  bar.addEventListener("click", function (event) {
    var button = event.target.closest("[data-do]");
    if (button) acts[button.dataset.do]();
  });
  var KEYS = { ArrowLeft: "back", ArrowRight: "next", "+": "in", "=": "in", "-": "out", "0": "fit", "9": "whole", r: "turn", R: "turn" };
  root.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    if (!stage.contains(event.target) && !bar.contains(event.target)) return;
    var sideways = event.key.indexOf("Arrow") === 0 && stage.scrollWidth > stage.clientWidth + 1;
    if (sideways && stage.contains(event.target)) return; // then the arrows move the page
    event.preventDefault();
    acts[KEYS[event.key]]();
  });
  stage.addEventListener("wheel", function (event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomTo(zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1), event.clientX, event.clientY);
  }, { passive: false });

  // A mouse draws the page along; two fingers make it larger; one finger scrolls as everywhere.
  var down = {}, held = null, apart = 0;
  function distance() {
    var two = Object.keys(down).map(function (key) { return down[key]; });
    return two.length === 2 ? Math.hypot(two[0].x - two[1].x, two[0].y - two[1].y) : 0;
  }
  stage.addEventListener("pointerdown", function (event) {
    down[event.pointerId] = { x: event.clientX, y: event.clientY };
    apart = distance();
    if (event.pointerType === "mouse" && event.button === 0) {
      held = { x: event.clientX, y: event.clientY, left: stage.scrollLeft, top: stage.scrollTop };
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("dk-viewer__stage--held");
    }
  });
  stage.addEventListener("pointermove", function (event) {
    if (!down[event.pointerId]) return;
    down[event.pointerId] = { x: event.clientX, y: event.clientY };
    var now = distance();
    if (now && apart) {
      zoomTo(zoom * now / apart, event.clientX, event.clientY);
      apart = now;
    } else if (held) {
      stage.scrollLeft = held.left - (event.clientX - held.x);
      stage.scrollTop = held.top - (event.clientY - held.y);
    }
  });
  ["pointerup", "pointercancel"].forEach(function (name) {
    stage.addEventListener(name, function (event) {
      delete down[event.pointerId];
      apart = 0;
      held = null;
      stage.classList.remove("dk-viewer__stage--held");
    });
  });
  stage.addEventListener("touchmove", function (event) {
    if (event.touches.length === 2) event.preventDefault();
  }, { passive: false });

  var width = 0;
  window.addEventListener("resize", function () {
    if (stage.clientWidth !== width) { width = stage.clientWidth; lay(); }
  });
  root.classList.add("dk-viewer");
  bar.hidden = false;
  list.hidden = files.length < 2;
  var named = files.findIndex(function (file) { return "#" + file.id === window.location.hash; });
  show(named > 0 ? first(named) : 0);
})();
