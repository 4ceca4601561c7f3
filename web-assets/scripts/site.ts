// Small conveniences over pages that work without them. Nothing here is a defence: every rule is
// the server's, and nothing sensitive is kept in the browser's storage (ASVS 14.3.3).
import { codes } from "./code";
import { consoleKeys, openedPictures } from "./console";
import { copying } from "./copy";
import { countdowns } from "./countdown";
import { menus } from "./menu";
import { submitOnce } from "./once";
import { printing } from "./print";
import { reveal } from "./reveal";
import { refresh } from "./refresh";
import { zoneHint } from "./zone";

document.documentElement.dataset.js = "";
submitOnce();
codes(document);
copying();
countdowns();
printing();
reveal();
menus();
zoneHint();
refresh();
consoleKeys();
openedPictures();

// A refusal drawn by the server is what the reader needs first.
document.querySelector<HTMLElement>("[data-focus]")?.focus();
