import type { Schemas } from "@sameface/contract/client";
import { Check } from "../kit/check.tsx";
import { Field } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { OUTCOMES } from "../kit/tones.ts";
import type { AuthForm } from "./auth-schema.ts";
import type { EndpointDraft } from "./endpoint-draft.ts";
import { judgeUrl } from "./judge-url.ts";

type Outcome = keyof typeof OUTCOMES;

interface DraftParts {
  readonly draft: EndpointDraft;
  readonly onChange: (more: Partial<EndpointDraft>) => void;
  /** What the server said of the URL. */
  readonly wrong?: string | undefined;
}

/** What an endpoint is made of, but its secrets. */
export function EndpointFields({ draft, onChange, wrong }: DraftParts) {
  const hint = judgeUrl(draft.url);
  return (
    <>
      <Field label="URL" wrong={wrong}>
        {(parts) => (
          <>
            <input
              {...parts}
              type="url"
              value={draft.url}
              placeholder="https://shop.example/webhooks/face"
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                onChange({ url: event.target.value });
              }}
            />
            <span className={`url-hint ${hint?.tone ?? ""}`} role="status">
              {hint?.text ?? "https, a host name, port 443 or 8443."}
            </span>
          </>
        )}
      </Field>
      <Field label="Description" hint="For people: it is sent nowhere.">
        {(parts) => (
          <input
            {...parts}
            value={draft.description}
            maxLength={500}
            onChange={(event) => {
              onChange({ description: event.target.value });
            }}
          />
        )}
      </Field>
      <ProfileChoice draft={draft} onChange={onChange} />
      <OutcomeChoice draft={draft} onChange={onChange} />
      <PaceChoice draft={draft} onChange={onChange} />
    </>
  );
}

function PaceChoice({ draft, onChange }: DraftParts) {
  return (
    <>
      <Field label="Requests a second at most" hint="Empty: no bound. 1…1000.">
        {(parts) => (
          <input
            {...parts}
            type="number"
            min={1}
            max={1000}
            value={draft.rateLimit}
            onChange={(event) => {
              onChange({ rateLimit: event.target.value });
            }}
          />
        )}
      </Field>
      <Check
        checked={draft.ordered}
        onChange={(ordered) => {
          onChange({ ordered });
        }}
      >
        In order for each customer: one that fails holds up those behind it
      </Check>
    </>
  );
}

function ProfileChoice({ draft, onChange }: DraftParts) {
  return (
    <Field
      label="Profile"
      hint={
        draft.profile === "standard"
          ? "Any 2xx acknowledges; retries over days with growing waits."
          : "The vendor's own rules: what a receiver of its webhooks expects already."
      }
    >
      {(parts) => (
        <Select
          {...parts}
          value={draft.profile}
          options={[
            { value: "standard", label: "standard" },
            { value: "incode", label: "incode" },
          ]}
          onChange={(profile) => {
            onChange({ profile });
          }}
        />
      )}
    </Field>
  );
}

function OutcomeChoice({ draft, onChange }: DraftParts) {
  const names = Object.keys(OUTCOMES) as Outcome[];
  const toggle = (name: Outcome, on: boolean): void => {
    onChange({ outcomes: names.filter((one) => (one === name ? on : draft.outcomes.includes(one))) });
  };
  return (
    <fieldset className="stack tight">
      <legend>Outcomes that are sent</legend>
      <div className="choices">
        {names.map((name) => (
          <Check
            key={name}
            checked={draft.outcomes.includes(name)}
            onChange={(on) => {
              toggle(name, on);
            }}
          >
            {OUTCOMES[name].label}
          </Check>
        ))}
      </div>
      {draft.outcomes.length === 0 ? (
        <span className="url-hint bad" role="alert">
          Choose at least one.
        </span>
      ) : null}
    </fieldset>
  );
}

/** How requests are signed in at the receiver, drawn from what the server serves. */
export function AuthFields({
  forms,
  draft,
  onChange,
  present,
}: {
  readonly forms: readonly AuthForm[];
  readonly draft: EndpointDraft;
  readonly onChange: (more: Partial<EndpointDraft>) => void;
  /** What stands now; its settings are never given out. `null`: nothing. */
  readonly present: Schemas["EndpointView"]["auth"];
}) {
  const form = forms.find(({ kind }) => kind === draft.authKind);
  const keep = present === null ? [] : [{ value: "keep", label: `${present.kind}, as it is` }];
  return (
    <fieldset className="group">
      <legend>Signing in at the receiver</legend>
      <Field label="Way" hint={form?.description ?? "Every request is signed all the same."}>
        {(parts) => (
          <Select
            {...parts}
            value={draft.authKind}
            options={[
              ...keep,
              { value: "none", label: "none" },
              ...forms.map(({ kind }) => ({ value: kind, label: kind })),
            ]}
            onChange={(authKind) => {
              onChange({ authKind });
            }}
          />
        )}
      </Field>
      {form?.fields.map((field) => (
        <Field
          key={`${form.kind} ${field.name}`}
          label={field.required ? field.label : `${field.label} (optional)`}
          hint={field.shape === "headers" ? "One a line: name: value" : (field.hint ?? undefined)}
        >
          {(parts) => {
            const shared = {
              ...parts,
              value: draft.authTexts[field.name] ?? "",
              required: field.required,
              maxLength: field.maxLength ?? undefined,
              autoComplete: "off",
              spellCheck: false,
              onChange: (event: { readonly target: { readonly value: string } }) => {
                onChange({ authTexts: { ...draft.authTexts, [field.name]: event.target.value } });
              },
            };
            if (field.shape === "headers") return <textarea {...shared} />;
            return <input {...shared} type={field.shape === "secret" ? "password" : "text"} />;
          }}
        </Field>
      ))}
    </fieldset>
  );
}
