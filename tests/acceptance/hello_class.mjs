// Hello.class without a compiler (Debian's runtime has none): prints a line, and what a loop that soon gets hot computes:
//
//   public static void main(String[] arguments) {
//     System.out.println("Hello from Java");
//     int sum = 1;
//     for (int i = 0; i < 3000000; i++) sum = sum * 31 + i;
//     System.out.println(sum);
//   }

const u16 = (n) => [(n >> 8) & 255, n & 255];
const u32 = (n) => [...u16(n >>> 16), ...u16(n)];

/** The constant pool, filled as constants are asked for. Tags and layouts: Java Virtual Machine Specification, 4.4. */
class ConstantPool {
  #entries = [];
  #indices = new Map();

  #add(bytes) {
    const key = bytes.join();
    if (!this.#indices.has(key)) this.#indices.set(key, this.#entries.push(bytes));
    return this.#indices.get(key);
  }

  utf8(text) { return this.#add([1, ...u16(text.length), ...Buffer.from(text)]); }
  integer(n) { return this.#add([3, ...u32(n)]); }
  classOf(name) { return this.#add([7, ...u16(this.utf8(name))]); }
  string(text) { return this.#add([8, ...u16(this.utf8(text))]); }
  member(tag, owner, name, type) {
    const nameAndType = this.#add([12, ...u16(this.utf8(name)), ...u16(this.utf8(type))]);
    return this.#add([tag, ...u16(this.classOf(owner)), ...u16(nameAndType)]);
  }
  field(...where) { return this.member(9, ...where); }
  method(...where) { return this.member(10, ...where); }

  bytes() { return [...u16(this.#entries.length + 1), ...this.#entries.flat()]; }
}

/** @returns {Buffer} the file */
export function helloClass() {
  const pool = new ConstantPool();
  const out = [0xb2, ...u16(pool.field('java/lang/System', 'out', 'Ljava/io/PrintStream;'))]; // getstatic
  const println = (type) => [0xb6, ...u16(pool.method('java/io/PrintStream', 'println', `(${type})V`))]; // invokevirtual
  const code = [
    ...out, 0x12, pool.string('Hello from Java'), ...println('Ljava/lang/String;'), // ldc
    0x04, 0x3c, // iconst_1, istore_1
    0x03, 0x3d, // iconst_0, istore_2
    0x1b, 0x10, 31, 0x68, 0x1c, 0x60, 0x3c, // iload_1, bipush, imul, iload_2, iadd, istore_1
    0x84, 2, 1, // iinc
    0x1c, 0x12, pool.integer(3_000_000), 0xa1, ...u16(-13 & 0xffff), // iload_2, ldc, if_icmplt to the first iload_1
    ...out, 0x1b, ...println('I'),
    0xb1, // return
  ];
  const codeBody = [...u16(3), ...u16(3), ...u32(code.length), ...code, ...u16(0), ...u16(0)];
  const codeAttribute = [...u16(pool.utf8('Code')), ...u32(codeBody.length), ...codeBody];
  const main = [...u16(0x9), ...u16(pool.utf8('main')), ...u16(pool.utf8('([Ljava/lang/String;)V')), ...u16(1), ...codeAttribute];
  const self = [...u16(0x21), ...u16(pool.classOf('Hello')), ...u16(pool.classOf('java/lang/Object'))];
  const noInterfacesNorFields = [0, 0, 0, 0];
  // Version 49: the verifier wants no stack maps.
  return Buffer.from([
    0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 49, ...pool.bytes(), ...self, ...noInterfacesNorFields, ...u16(1), ...main, 0, 0,
  ]);
}
