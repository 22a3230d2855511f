import { createEngine, type Inspection } from "@sameface/engine";
import { Command } from "commander";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { readInput } from "../read-input.ts";

/** `sameface inspect`: what the engine measures on a picture; no server needed, nothing stored. */
export function inspectCommand(runner: CommandRunner): Command {
  return new Command("inspect")
    .description("measure a picture with the engine alone; exit code 1 when it cannot be judged")
    .argument("<pictures...>", "JPEG, PNG or WebP")
    .addHelpText("after", "\nExample:\n  sameface inspect anna.jpg --json")
    .action((pictures: readonly string[], _options: object, command: Command) =>
      runner.run(command, (context) => inspectAll(context, pictures)),
    );
}

async function inspectAll(context: CommandContext, pictures: readonly string[]): Promise<ExitCode> {
  const engine = await createEngine({ processes: 1 });
  try {
    let judged = true;
    for (const picture of pictures) {
      const inspection = await engine.inspect(await readInput(picture), { eyes: true });
      judged &&= inspection.problems.length === 0;
      context.print({ picture, ...withoutTemplate(inspection) }, describe(picture, inspection));
    }
    return judged ? EXIT.done : EXIT.no;
  } finally {
    await engine.close();
  }
}

/** A template is personal data: what is printed says which model made one, never the numbers. */
function withoutTemplate(inspection: Inspection): object {
  const { template, ...rest } = inspection;
  return { ...rest, template: "value" in template ? { model: template.model } : template };
}

function describe(picture: string, inspection: Inspection): readonly string[] {
  const { image, primary, liveness, pose, eyes, quality, timings } = inspection;
  const degrees = "value" in pose ? pose.value : null;
  return [
    `${picture}: ${inspection.problems.length === 0 ? "can be judged" : inspection.problems.join(", ")}`,
    `  ${image.format ?? "unknown format"} ${image.width ?? "?"}×${image.height ?? "?"}, faces: ${inspection.faceCount ?? "not looked for"}`,
    ...(primary === null ? [] : [`  between the eyes: ${primary.interocularPx.toFixed(0)} px`]),
    ...(degrees === null
      ? []
      : [`  yaw ${degrees.yaw.toFixed(0)}°, pitch ${degrees.pitch.toFixed(0)}°, roll ${degrees.roll.toFixed(0)}°`]),
    ...("value" in liveness ? [`  live: ${liveness.value.live.toFixed(3)}`] : []),
    ...("value" in eyes
      ? [`  eyes closed: ${eyes.value.left.toFixed(2)} left, ${eyes.value.right.toFixed(2)} right`]
      : []),
    ...(quality === null
      ? []
      : [`  brightness ${quality.brightness.toFixed(2)}, sharpness ${quality.sharpness.toFixed(3)}`]),
    ...(quality === null ? [] : quality.hints.map((hint) => `  hint: ${hint}`)),
    `  ${Object.entries(timings)
      .map(([stage, ms]) => `${stage} ${ms.toFixed(0)} ms`)
      .join(", ")}`,
  ];
}
