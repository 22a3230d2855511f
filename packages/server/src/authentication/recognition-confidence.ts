/**
 * The score that is shown of a match: a fixed monotone display map, not a probability; it does not move with the
 * threshold.
 * @param similarity cosine of two templates, −1…1
 * @returns 0…1, unrounded: 0.44 → 0.50, 0.55 → 0.79, 0.71 → 0.96
 * @see engine.md §6
 */
export function recognitionConfidence(similarity: number): number {
  return 1 / (1 + Math.exp(-12 * (similarity - 0.44)));
}

/** The similarity that is shown as `confidence`, 0…1 without its ends: the map read backwards. */
export function similarityOf(confidence: number): number {
  return 0.44 + Math.log(confidence / (1 - confidence)) / 12;
}
