import ts from "typescript";

/**
 * Types as they are published where size is an aim: each declaration on a line of its own, with nothing but its tokens and,
 * for an exported function, the first sentence of its doc, which editors show. What the types mean stays as it was; those
 * that exported ones stand on can be imported too, since a `.d.ts` without a list of exports exports all that it declares.
 * @param text of a `.d.ts` whose exports stand in one list at its end, as bundlers write it
 */
export function shrinkTypes(text: string): string {
  const file = ts.createSourceFile("types.d.ts", text, ts.ScriptTarget.Latest, true);
  const exported = exportedNames(file);
  const lines = file.statements
    .filter((statement) => !ts.isExportDeclaration(statement))
    .map((statement) => {
      const code = tokensOf(statement.getText());
      if (!code.startsWith("declare ")) return code;
      if (!exported.has(nameOf(statement)))
        throw new Error(`${nameOf(statement)} would be exported by its types alone`);
      return docOf(statement) + code.replace("declare", "export");
    });
  return `${lines.join("\n")}\n`;
}

function exportedNames(file: ts.SourceFile): ReadonlySet<string> {
  const lists = file.statements.filter(ts.isExportDeclaration).map(({ exportClause }) => exportClause);
  const names = lists.flatMap((list) => (list !== undefined && ts.isNamedExports(list) ? [...list.elements] : []));
  const renamed = names.find(({ propertyName }) => propertyName !== undefined);
  if (renamed !== undefined) throw new Error(`${renamed.getText()} is exported by another name than its own`);
  return new Set(names.map(({ name }) => name.text));
}

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText() ?? "";
  const { name } = statement as { readonly name?: ts.Node };
  return name?.getText() ?? "";
}

/** The first sentence of what a function's doc says. */
function docOf(statement: ts.Statement): string {
  if (!ts.isFunctionDeclaration(statement)) return "";
  const [doc] = ts.getJSDocCommentsAndTags(statement);
  const text = doc !== undefined && ts.isJSDoc(doc) ? (ts.getTextOfJSDocComment(doc.comment) ?? "") : "";
  const [sentence = ""] = /^.*?[.:](?=\s|$)/.exec(text.replaceAll(/\s+/g, " ")) ?? [];
  return sentence === "" ? "" : `/** ${sentence.replace(/:$/, ".")} */`;
}

function tokensOf(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
  let code = "";
  while (scanner.scan() !== ts.SyntaxKind.EndOfFileToken) {
    const token = scanner.getTokenText();
    code += /[\w$]$/.test(code) && /^[\w$]/.test(token) ? ` ${token}` : token;
  }
  return code.replaceAll(/[;,]\}/g, "}").replace(/;$/, "");
}
