import tseslint from "typescript-eslint";

const EXPORTS = [
  {
    selector: "ExportDefaultDeclaration",
    message: "Export by name: a default has a different name in every file (style rule 12).",
  },
  { selector: "ExportAllDeclaration", message: "List exports by name, once, at the package root (style rule 12)." },
];

// The world is handed in, so that a test or a simulation owns it (reliability.md §6).
const WORLD_MESSAGE = "Time and chance are handed in: take a Clock or a Random (style rule 10).";
const WORLD = [
  "CallExpression[callee.object.name='Date'][callee.property.name='now']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate)$/]",
  "CallExpression[callee.object.name='performance'][callee.property.name='now']",
  "CallExpression[callee.object.name='Math'][callee.property.name='random']",
  "CallExpression[callee.object.name='crypto'][callee.property.name=/^random/]",
  "CallExpression[callee.object.name='crypto'][callee.property.name='getRandomValues']",
  "ImportDeclaration[source.value='node:crypto'] ImportSpecifier[imported.name=/^random/]",
  "CallExpression[callee.object.name='AbortSignal'][callee.property.name='timeout']",
].map((selector) => ({ selector, message: WORLD_MESSAGE }));

// ESLint judges, Biome formats: each tool has one job (docs/adr/0010-eslint-lints-biome-formats.md).
export default tseslint.config(
  { ignores: ["**/dist/", "**/*.gen.ts", "**/node_modules/", "coverage/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts", "**/*.tsx"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/strict-boolean-expressions": [
        "error",
        { allowNullableObject: true, allowNullableBoolean: true, allowString: false, allowNumber: false },
      ],
      "@typescript-eslint/return-await": ["error", "always"],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // node:test's `it` answers a promise that the runner itself awaits.
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", name: ["it", "describe", "test"], package: "node:test" }] },
      ],
      "no-restricted-syntax": ["error", ...EXPORTS],
      "max-lines": ["error", { max: 400 }],
      // Two positional parameters, then one object of options (style §4).
      "max-params": ["error", { max: 3 }],
    },
  },
  {
    // Tests read as one story, so a suite may be longer than a function of the product.
    files: ["**/*.ts", "**/*.tsx"],
    ignores: ["**/*.test.ts", "**/*.{conformance,fixture}.ts", "**/fixtures/"],
    rules: { "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }] },
  },
  {
    // The formatter gives each attribute of markup a line of its own.
    files: ["**/*.tsx"],
    rules: { "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }] },
  },
  {
    // commander calls an action with each argument, the options and the command.
    files: ["packages/cli/src/commands/*.ts"],
    rules: { "max-params": ["error", { max: 4 }] },
  },
  {
    files: ["packages/{contract,receiver,server}/src/**/*.ts"],
    ignores: [
      "**/*.test.ts",
      "**/*.{conformance,fixture}.ts",
      "**/fixtures/",
      "packages/server/src/clock.ts",
      "packages/server/src/random.ts",
    ],
    rules: { "no-restricted-syntax": ["error", ...EXPORTS, ...WORLD] },
  },
);
