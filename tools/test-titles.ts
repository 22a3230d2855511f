import ts from "typescript";

/** One test as it stands in a file. */
export interface TestTitle {
  readonly title: string;
  /** Marked skip, todo or only in the source, itself or a suite around it; what depends on the machine shows when run. */
  readonly marked: boolean;
}

const TESTS = ["it", "test"];
const SUITES = ["describe", "suite"];
const MARKS = ["skip", "todo", "only"];

interface Call {
  readonly name: string;
  readonly marked: boolean;
}

/** `it(…)`, `it.skip(…)`, `t.test(…)`. */
function calleeOf(call: ts.CallExpression): Call | null {
  const callee = call.expression;
  if (ts.isIdentifier(callee)) return { name: callee.text, marked: false };
  if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression)) return null;
  const member = callee.name.text;
  if (MARKS.includes(member)) return { name: callee.expression.text, marked: true };
  return { name: member, marked: false };
}

/** `{ skip: true }` and the like; `{ skip: reason }` depends on the machine. */
function hasLiteralMark(call: ts.CallExpression): boolean {
  return call.arguments.filter(ts.isObjectLiteralExpression).some((options) =>
    options.properties.some((property) => {
      if (!ts.isPropertyAssignment(property) || !MARKS.includes(property.name.getText())) return false;
      return property.initializer.kind === ts.SyntaxKind.TrueKeyword || ts.isStringLiteralLike(property.initializer);
    }),
  );
}

/** The tests of a file, read from its text: titles made by a loop have no fixed text and are not listed. */
export function testTitles(text: string): TestTitle[] {
  const source = ts.createSourceFile("file.test.ts", text, ts.ScriptTarget.ESNext, true);
  const found: TestTitle[] = [];
  const visit = (node: ts.Node, inMarked: boolean): void => {
    let marked = inMarked;
    if (ts.isCallExpression(node)) {
      const callee = calleeOf(node);
      const [first] = node.arguments;
      if (callee !== null && [...TESTS, ...SUITES].includes(callee.name)) {
        marked ||= callee.marked || hasLiteralMark(node);
        if (TESTS.includes(callee.name) && first !== undefined && ts.isStringLiteralLike(first)) {
          found.push({ title: first.text, marked });
        }
      }
    }
    ts.forEachChild(node, (child) => {
      visit(child, marked);
    });
  };
  visit(source, false);
  return found;
}
