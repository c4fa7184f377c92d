// What of a page cannot be seen whole: it scrolls sideways, something sticks out of its box or the window, or the number beside
// a place lies over another place.
() => {
  const BOXES = ":popover-open, dialog, .card, .banner, .tour, .notice, .row, .ticked, .composer, .inbox-head, .facts dd";
  const page = { left: 0, right: document.documentElement.clientWidth };
  const name = (one) => `${one.tagName.toLowerCase()}.${one.getAttribute("class") ?? ""} “${one.textContent.trim().slice(0, 40)}”`;
  const isClipping = ({ overflowX, clipPath }) => overflowX !== "visible" || clipPath !== "none";

  function sticksOut(one) {
    const { left, right, width, height } = one.getBoundingClientRect();
    const isUnseen = width < 2 || height < 2 || isClipping({ overflowX: "visible", clipPath: getComputedStyle(one).clipPath });
    if (isUnseen || !one.checkVisibility({ visibilityProperty: true })) return false;
    const box = one.matches(":popover-open, dialog") ? null : one.parentElement.closest(BOXES);
    for (let around = one.parentElement; around && around !== box; around = around.parentElement) {
      if (isClipping(getComputedStyle(around))) return false;
    }
    const edges = box?.getBoundingClientRect() ?? page;
    return right > edges.right + 1 || left < edges.left - 1;
  }

  function liesOver(count) {
    const at = count.getBoundingClientRect();
    const others = [...document.querySelectorAll(".places .icon")].filter((icon) => icon.parentElement !== count.parentElement);
    return others.map((icon) => icon.getBoundingClientRect()).some((icon) => at.left < icon.right && at.right > icon.left && at.top < icon.bottom && at.bottom > icon.top);
  }

  const wider = document.documentElement.scrollWidth - page.right;
  return [
    ...(wider > 0 ? [`${wider} px too wide`] : []),
    ...[...document.querySelectorAll("body *")].filter(sticksOut).map((one) => `sticks out: ${name(one)}`),
    ...[...document.querySelectorAll(".places .count")].filter(liesOver).map((one) => `lies over another place: ${name(one)}`),
  ];
}
