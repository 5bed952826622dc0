// Times as the person is used to reading them.

/** @returns {string[]} their own kind of the page's language: 26 November in Britain, November 26 in the United States */
export function ownLanguages() {
  const language = document.documentElement.lang;
  const own = navigator.languages.filter((tag) => tag.split("-")[0] === language && tag !== "en");
  return [...own, language === "en" ? "en-GB" : language];
}
