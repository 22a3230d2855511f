/** What npm locks of a package. */
export interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Names of npm's `allowScripts`: decided, one way or the other. */
export type Decided = Readonly<Record<string, boolean>>;

/**
 * What is wrong with a lockfile: a third-party package without its hash, an install script that nobody decided about, an
 * optional package for another platform that is not locked (npm leaves out what the registry of the day lacks; newer npm
 * then refuses to install at all).
 */
export function judgeLockfile(packages: Readonly<Record<string, Locked>>, allowScripts: Decided): string[] {
  return Object.entries(packages).flatMap(([path, locked]) => {
    const ours = path === "" || !path.includes("node_modules/");
    const name = path.split("node_modules/").at(-1) ?? path;
    return [
      ...(!ours && locked.link !== true && locked.integrity === undefined ? [`${path}: no integrity`] : []),
      ...(!ours && locked.hasInstallScript === true && !(name in allowScripts)
        ? [`${path}: has an install script; read it, then decide in allowScripts of package.json`]
        : []),
      ...Object.keys(locked.optionalDependencies ?? {})
        .filter((other) => !(`node_modules/${other}` in packages) && !(`${path}/node_modules/${other}` in packages))
        .map(
          (other) => `${path}: ${other} is not locked: choose a version whose packages for all platforms can be had`,
        ),
    ];
  });
}
