// What tools/site.ts uses of the generator, which ships no types.
declare module "@11ty/eleventy" {
  interface SiteConfig {
    addTemplate(path: string, content: string, data: Readonly<Record<string, unknown>>): void;
    addPassthroughCopy(files: Readonly<Record<string, string>>): void;
    addGlobalData(name: string, value: unknown): void;
    amendLibrary(engine: "md", amend: (library: import("./site-markdown.ts").MarkdownLibrary) => void): void;
  }

  interface SiteOptions {
    readonly quietMode: boolean;
    readonly configPath: false;
    readonly config: (config: SiteConfig) => { readonly markdownTemplateEngine: false };
  }

  /** One build. */
  class Eleventy {
    constructor(input: string, output: string, options: SiteOptions);
    init(): Promise<void>;
    write(): Promise<unknown>;
  }

  export { Eleventy };
}
