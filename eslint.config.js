import tseslint from "typescript-eslint";

// ESLint judges, Biome formats: each tool has one job (docs/adr/0010).
export default tseslint.config(
  { ignores: ["**/dist/", "**/*.gen.ts", "node_modules/", "packages/dashboard/public/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/strict-boolean-expressions": ["error", { allowNullableObject: true, allowNullableBoolean: true, allowString: false, allowNumber: false }],
      "@typescript-eslint/return-await": ["error", "always"],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // node:test's `it` answers a promise that the runner itself awaits.
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", name: ["it", "describe", "test"], package: "node:test" }] },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "Export by name: a default has a different name in every file (style rule 12)." },
        { selector: "ExportAllDeclaration", message: "List exports by name, once, at the package root (style rule 12)." },
      ],
    },
  },
);
