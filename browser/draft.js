// An unfinished report, kept in this browser only, and only if the person asks for it. No picture and no fingerprint is kept.

const KEY = "argine-report";
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Erase what was kept, if anything was. */
export function eraseDraft() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing has nothing to erase.
  }
}

/**
 * @param {{ values: Array<[string, string]>, step: number }} draft what was answered, and in which step
 * @returns {boolean} whether the browser kept it
 */
export function keepDraft(draft) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...draft, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

/** @returns {{ values: Array<[string, string]>, step: number, at: number } | null} null where none is kept, or it is too old */
export function readDraft() {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY));
    if (draft !== null && Date.now() - draft.at < KEPT_MS && Array.isArray(draft.values)) return draft;
  } catch {
    // Damaged, or not allowed to be read: as good as none.
  }
  eraseDraft();
  return null;
}
