import { Card } from "../kit/card.tsx";
import { Check } from "../kit/check.tsx";
import { Field } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import type { PolicyDraft } from "./policy-draft.ts";

interface DraftParts {
  readonly draft: PolicyDraft;
  readonly onChange: (more: Partial<PolicyDraft>) => void;
}

const LIVENESS = [
  { value: "passive", label: "by the picture alone" },
  { value: "challenge", label: "by moves that are asked for" },
  { value: "both", label: "by both" },
] as const;

const REPLAYED = [
  { value: "captures", label: "on the capture page" },
  { value: "all", label: "on the capture page and in every call" },
] as const;

/** What people meet on the page that takes their picture, and where that page may stand and lead. */
export function CaptureFields({ draft, onChange }: DraftParts) {
  return (
    <Card title="Capture page">
      <div className="stack">
        <Field label="A live person is told">
          {(parts) => (
            <Select
              {...parts}
              value={draft.captureLiveness}
              options={LIVENESS}
              onChange={(captureLiveness) => {
                onChange({ captureLiveness });
              }}
            />
          )}
        </Field>
        <Check
          checked={draft.fileUpload}
          onChange={(fileUpload) => {
            onChange({ fileUpload });
          }}
        >
          A file will do where there is no camera; never where moves are asked for
        </Check>
        <Field label="A picture that was decided on before is refused">
          {(parts) => (
            <Select
              {...parts}
              value={draft.replayedPictures}
              options={REPLAYED}
              onChange={(replayedPictures) => {
                onChange({ replayedPictures });
              }}
            />
          )}
        </Field>
        <Lines name="returnUrls" label="It may lead back to" hint="One URL a line." draft={draft} onChange={onChange} />
        <Lines
          name="frameAncestors"
          label="It may be framed by"
          hint="One origin a line; none: by nobody."
          draft={draft}
          onChange={onChange}
        />
      </div>
    </Card>
  );
}

function Lines({
  name,
  label,
  hint,
  draft,
  onChange,
}: DraftParts & {
  readonly name: "returnUrls" | "frameAncestors";
  readonly label: string;
  readonly hint: string;
}) {
  return (
    <Field label={label} hint={hint}>
      {(parts) => (
        <textarea
          {...parts}
          value={draft[name]}
          spellCheck={false}
          onChange={(event) => {
            onChange({ [name]: event.target.value });
          }}
        />
      )}
    </Field>
  );
}
