import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseLanguage, LANGUAGES, problemKey, textOf } from "./texts.ts";

describe("the texts of the capture page", () => {
  it("are there in every language, none empty, with the same names of numbers", () => {
    const names = (text: string): string => [...text.matchAll(/\{[a-z]+\}/g)].map(String).toSorted().join();
    for (const [language, texts] of Object.entries(LANGUAGES)) {
      assert.deepEqual(Object.keys(texts), Object.keys(LANGUAGES.en), language);
      for (const [key, text] of Object.entries(texts)) {
        assert.ok(text.trim() !== "", `${language} ${key}`);
        assert.equal(names(text), names(LANGUAGES.en[key as keyof typeof LANGUAGES.en]), `${language} ${key}`);
      }
    }
  });

  it("are told in the first language that there is, else in English", () => {
    assert.equal(chooseLanguage(["fr-CA", "DE-at", "en"]), "de");
    assert.equal(chooseLanguage(["fr"]), "en");
    assert.equal(chooseLanguage([]), "en");
  });

  it("put numbers in for their names", () => {
    assert.equal(textOf("en", "moveOf", { n: 1, of: 3 }), "Step 1 of 3");
    assert.equal(textOf("de", "triesLeft", { n: 2 }), "Noch 2 Versuche");
  });

  it("know what is wrong, and tell what they do not know as an unusable picture", () => {
    assert.equal(problemKey("noFace"), "noFace");
    assert.equal(problemKey("comeCloser"), "comeCloserHint");
    assert.equal(problemKey("somethingNew"), "notUsable");
  });
});
