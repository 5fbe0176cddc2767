;; SPDX-License-Identifier: MIT
;;
;; What the command line needs of the compiler (src/cli/compile_primitives.cpp). Only where the compiler is.

(primitive %write-program
  (takes    (start procedure) (output string) (whole any) (reset list))
  (gives    any) (effects writes raises) (compiler compile_write_program)
  (doc "Writes a static binary to the file `output` that calls `start` without arguments. With `whole` it contains everything of this process that is not garbage (for eval), else what `start` reaches; if `whole` is a symbol, without hooks and roots of the system (freestanding). `reset` lists slot addresses that are unbound at its start."))

(primitive %relink
  (takes    (program string) (stub string) (output string))
  (gives    void) (effects writes raises) (compiler compile_relink)
  (doc "Writes to the file `output` the runtime of the file `stub` with the image of the compiled program in the file `program`."))

(primitive %set-compiler-option!
  (takes    (name symbol) (value any))
  (gives    any) (effects writes raises) (compiler compile_set_option)
  (doc "Sets an option of the compiler: mode (run or compile), cp0-size-limit, cp0-effort-limit, optimize (0 to 2), verify, without-checks (for measuring), dump (a pass), stop-after (a pass), is-pass (the answer tells if the value is the name of one), passes (prints the list), time-passes (prints what they took), first-directory (a string: where libraries are looked up before all others)."))

(primitive %disassemble
  (takes    (procedure procedure))
  (gives    any) (effects reads raises) (compiler compile_disassemble)
  (doc "The machine code of a procedure as text: bytes, places in the source, what is referred to by name."))

(primitive %primitive-documentation
  (takes    (name symbol))
  (gives    any) (effects reads raises) (compiler compile_primitive_documentation)
  (doc "How a primitive is called and what it does, as a text of two lines; #f if there is none of that name."))

(primitive %nearest-name
  (takes    (name string) (candidates list))
  (gives    any) (effects reads allocates raises) (compiler compile_nearest_name)
  (doc "The string of the list that is most similar to the name, or #f if none is."))

(primitive %build-commit
  (takes)
  (gives    any) (effects reads allocates) (compiler compile_build_commit)
  (doc "The commit that this binary was built from as a string, empty if it is not known."))
