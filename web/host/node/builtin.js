/**
 * Node's own modules. `import` would read every property of them, and some of these load more modules
 * when they are read (16 ms for node:fs, of the 90 that Node takes to start).
 */
export const loadBuiltin = (name) => process.getBuiltinModule(`node:${name}`);

export const fs = loadBuiltin('fs');
