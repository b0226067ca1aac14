/* A signature on the screen: strokes of points in a canvas, by finger, pen or mouse. They go to the server as points,
   never as a picture. Without this script the page offers paper. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-sign]");
  if (!form || !window.PointerEvent) return;
  var canvas = form.querySelector("canvas");
  var field = form.querySelector("[data-sign-strokes]");
  var state = form.querySelector("[data-sign-state]");
  var undo = form.querySelector("[data-sign-undo]");
  var pen = canvas.getContext("2d");
  var strokes = [], current = null, width = 0;
  var NEAR = 1.5;
  if (!pen) return;
  form.querySelectorAll("[data-sign-on]").forEach(function (part) { part.hidden = false; });
  form.querySelectorAll("[data-sign-off]").forEach(function (part) { part.hidden = true; });

  // What was drawn keeps its place in the pad when the page gets another width.
  function fit() {
    var box = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    if (!box.width || box.width === width) return;
    if (width) scale(box.width / width);
    width = box.width;
    canvas.width = Math.round(box.width * ratio);
    canvas.height = Math.round(box.height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw();
  }

  function scale(factor) {
    strokes = strokes.map(function (stroke) {
      return stroke.map(function (point) { return [point[0] * factor, point[1] * factor]; });
    });
  }

  function draw() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 2.6;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = pen.fillStyle = "#111";
    strokes.forEach(function (stroke) {
      pen.beginPath();
      pen.moveTo(stroke[0][0], stroke[0][1]);
      for (var at = 1; at < stroke.length - 1; at += 1) {
        var here = stroke[at], next = stroke[at + 1];
        pen.quadraticCurveTo(here[0], here[1], (here[0] + next[0]) / 2, (here[1] + next[1]) / 2);
      }
      var last = stroke[stroke.length - 1];
      pen.lineTo(last[0] + (stroke.length === 1 ? 0.1 : 0), last[1]);
      pen.stroke();
    });
  }

  function keep() {
    field.value = strokes.length ? JSON.stringify(strokes.map(function (stroke) {
      return stroke.map(function (point) { return [Math.round(point[0] * 10) / 10, Math.round(point[1] * 10) / 10]; });
    })) : "";
    undo.disabled = !strokes.length;
    var words = strokes.length ? state.dataset.written : state.dataset.empty;
    if (state.textContent !== words) state.textContent = words;
  }

  function place(event) {
    var box = canvas.getBoundingClientRect();
    return [
      Math.min(Math.max(event.clientX - box.left, 0), box.width),
      Math.min(Math.max(event.clientY - box.top, 0), box.height)
    ];
  }

  function go(event) {
    var point = place(event), last = current[current.length - 1];
    if (Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) >= NEAR) current.push(point);
  }

  canvas.addEventListener("pointerdown", function (event) {
    if (current || (event.pointerType === "mouse" && event.button !== 0)) return;
    event.preventDefault();
    fit();
    canvas.setPointerCapture(event.pointerId);
    current = [place(event)];
    current.id = event.pointerId;
    strokes.push(current);
    draw();
  });
  canvas.addEventListener("pointermove", function (event) {
    if (!current || event.pointerId !== current.id) return;
    var all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    (all.length ? all : [event]).forEach(go);
    draw();
  });
  ["pointerup", "pointercancel", "lostpointercapture"].forEach(function (name) {
    canvas.addEventListener(name, function (event) {
      if (!current || event.pointerId !== current.id) return;
      current = null;
      keep();
    });
  });
  undo.addEventListener("click", function () { strokes.pop(); draw(); keep(); });
  form.querySelector("[data-sign-clear]").addEventListener("click", function () { strokes = []; draw(); keep(); });
  form.addEventListener("submit", keep);

  // What was drawn before the page came back with something else to correct.
  try { strokes = JSON.parse(field.value || "[]").filter(function (stroke) { return stroke.length; }); } catch (error) { strokes = []; }
  fit();
  keep();
  window.addEventListener("resize", fit);
  window.addEventListener("pageshow", fit);
})();
