// What runs on every page. Each module minds one habit; none is needed for a page to work.
import "./times.js";
import "./uploading.js";
import "./writing.js";
import "./recommending.js";
import "./marking.js";
import "./keeping.js";
import "./folding.js";
import "./scrolling.js";
import "./theme.js";
import "./keys.js";
import "./positions.js";
import "./replies.js";
import "./notices.js";
