import type { CheckName } from "../src/inspection.ts";
import type { Fit } from "./train-head.ts";

/** Persons drawn, seeds 0 … PERSONS − 1; each in every dress of the wardrobe. */
export const PERSONS = 450;

/** The first persons of which a head learns: more help lenses (700 no more than 450), and hurt mask and head cover. */
export const LEARNT_FROM: Readonly<Record<CheckName, number>> = { mask: 300, lenses: PERSONS, headCover: 300 };

/** How each head is fitted; chosen by cross-validation over people on the development photographs. */
export const FITS: Readonly<Record<CheckName, Fit>> = {
  mask: { decay: 3, rounds: 60 },
  lenses: { decay: 3, rounds: 60 },
  headCover: { decay: 10, rounds: 60 },
};

/**
 * How far weights trained on another machine may be from the kept ones, relative to their length. On one machine they
 * are equal to the byte; the models' arithmetic and the JPEG coder differ in the last bits between processors.
 */
export const TOLERANCE = 0.02;
