// Code and tables that are wider than the text scroll inside their own box, so the keyboard must be able to reach them.
export function makeReachable(within) {
  for (const box of within.querySelectorAll(".prose pre, .prose table")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

makeReachable(document);
