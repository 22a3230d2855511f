import { hrefOf } from "../app/routes.ts";
import { Card } from "../kit/card.tsx";
import { Check } from "../kit/check.tsx";
import { Field } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { BOUNDS, type CheckMode, type NumberName, type PolicyDraft } from "./policy-draft.ts";
import { NAMED, wordsOf } from "./threshold-words.ts";

interface DraftParts {
  readonly draft: PolicyDraft;
  readonly wrong: Readonly<Partial<Record<NumberName, string>>>;
  readonly onChange: (more: Partial<PolicyDraft>) => void;
}

const MATCHES = [
  { value: "convenient", label: "convenient (0.48)" },
  { value: "balanced", label: "balanced (0.55)" },
  { value: "strict", label: "strict (0.60)" },
  { value: "custom", label: "a number of your own" },
] as const;

/** Who counts as the same person, and as alive. */
export function MatchFields({ draft, wrong, onChange }: DraftParts) {
  const threshold = draft.match === "custom" ? Number(draft.matchNumber) : NAMED[draft.match];
  return (
    <Card title="Same person, alive">
      <div className="stack">
        <Field label="Match threshold">
          {(parts) => (
            <Select
              {...parts}
              value={draft.match}
              options={MATCHES}
              onChange={(match) => {
                onChange({ match });
              }}
            />
          )}
        </Field>
        {draft.match === "custom" ? (
          <NumberField
            name="matchNumber"
            label="Cosine similarity"
            step={0.01}
            draft={draft}
            wrong={wrong}
            onChange={onChange}
          />
        ) : null}
        <p className="note" role="status">
          {wrong.matchNumber === undefined ? wordsOf(threshold) : null}{" "}
          <a href={hrefOf("settings", "accuracy")}>How this was measured</a>
        </p>
        <NumberField
          name="liveness"
          label="Liveness threshold"
          hint="Probability of a live person from which a picture is live. Higher refuses more pictures of pictures, and more live people. There is no switch for it."
          step={0.01}
          draft={draft}
          wrong={wrong}
          onChange={onChange}
        />
      </div>
    </Card>
  );
}

const MODES = [
  { value: "block", label: "block: refused" },
  { value: "flag", label: "flag: passes, and is told" },
  { value: "off", label: "off: not looked at" },
] as const satisfies readonly { readonly value: CheckMode; readonly label: string }[];

/** What may be worn, and whether a pass is enough. */
export function CheckFields({ draft, onChange }: DraftParts) {
  return (
    <Card title="What may be worn">
      <div className="stack">
        <Field label="Glasses or lenses">
          {(parts) => (
            <Select
              {...parts}
              value={draft.lenses}
              options={MODES}
              onChange={(lenses) => {
                onChange({ lenses });
              }}
            />
          )}
        </Field>
        <Field label="Head cover">
          {(parts) => (
            <Select
              {...parts}
              value={draft.headCover}
              options={MODES}
              onChange={(headCover) => {
                onChange({ headCover });
              }}
            />
          )}
        </Field>
        <p className="note">A mask is always refused.</p>
        <Check
          checked={draft.secondFactor}
          onChange={(secondFactor) => {
            onChange({ secondFactor });
          }}
        >
          <b>Every pass demands a second factor</b>
          <br />
          <span className="note">The receiver is told so, and must not treat it as a full login.</span>
        </Check>
      </div>
    </Card>
  );
}

/** What guessing costs. */
export function LockoutFields(parts: DraftParts) {
  return (
    <Card title="After failures">
      <div className="stack">
        <NumberField {...parts} name="waitAfterFailures" label="Failures in a row till each further attempt waits" />
        <NumberField {...parts} name="waitSeconds" label="Seconds of waiting" />
        <NumberField
          {...parts}
          name="stopAfterFailures"
          label="Failures in a row till nothing is judged"
          hint="Then an operator unlocks."
        />
      </div>
    </Card>
  );
}

/** Whether and for how long the pictures of attempts stay. */
export function KeptFields(parts: DraftParts) {
  return (
    <Card title="Pictures of attempts">
      <div className="stack">
        <NumberField
          {...parts}
          name="pictureDays"
          label="Days for which they are kept"
          hint="0: pictures are never stored. Else sealed, of enrolled customers alone, and no longer than the attempt itself."
        />
        <p className="note">
          A picture of a face is more than a template of it: keep it only for a reason, and not long.
        </p>
      </div>
    </Card>
  );
}

function NumberField({
  name,
  label,
  hint,
  step = 1,
  draft,
  wrong,
  onChange,
}: DraftParts & { readonly name: NumberName; readonly label: string; readonly hint?: string; readonly step?: number }) {
  const [least, most] = BOUNDS[name];
  return (
    <Field label={label} hint={hint} wrong={wrong[name]}>
      {(parts) => (
        <input
          {...parts}
          type="number"
          min={least}
          max={most}
          step={step}
          value={draft[name]}
          onChange={(event) => {
            onChange({ [name]: event.target.value });
          }}
        />
      )}
    </Field>
  );
}
