;; SPDX-License-Identifier: MIT
;;
;; Syntax objects and the expander as seen from Scheme (src/syntax/primitives.cpp), only where the compiler is; and
;; what expanded code calls everywhere (src/runtime/control/assertion.cpp).

(primitive %assertion-failed
  (takes    (irritants list))
  (gives    none) (effects raises) (runtime assertion_failed)
  (doc "Raises &assertion with who assert: the expression, and its place if known."))

(primitive %syntax-dispatch
  (takes    (form any) (pattern any))
  (gives    any) (effects reads allocates) (compiler syntax_dispatch)
  (doc "The vector of what the pattern's variables match, or #f (src/syntax/matching.h)."))

(primitive %syntax-template
  (takes    (template any) (variables list) (holes list))
  (gives    any) (effects reads allocates raises) (compiler syntax_template)
  (doc "Instantiates a compiled template."))

(primitive %syntax-no-match
  (takes    (form any))
  (gives    none) (effects raises) (compiler syntax_no_match)
  (doc "Raises &syntax: no clause of a syntax-case matches."))

(primitive %apply-native-transformer
  (takes    (form any) (transformer any))
  (gives    any) (effects reads allocates raises) (compiler syntax_apply_native)
  (doc "Applies the value of a syntax-rules or identifier-syntax expression as a procedure."))

(primitive syntax->datum
  (takes    (syntax any))
  (gives    any) (effects reads allocates) (compiler syntax_to_datum)
  (library (rnrs syntax-case))
  (doc "The datum without wraps and places."))

(primitive datum->syntax
  (takes    (template-id any) (datum any))
  (gives    any) (effects reads allocates raises) (compiler syntax_from_datum)
  (library (rnrs syntax-case))
  (doc "datum as if it had been written where the identifier was."))

(primitive identifier?
  (takes    (x any))
  (gives    boolean) (effects reads) (compiler syntax_is_identifier)
  (library (rnrs syntax-case))
  (doc "True if x is an identifier."))

(primitive free-identifier=?
  (takes    (a any) (b any))
  (gives    boolean) (effects reads raises) (compiler syntax_free_identifier_equal)
  (library (rnrs syntax-case))
  (doc "Do both identifiers refer to the same binding?"))

(primitive bound-identifier=?
  (takes    (a any) (b any))
  (gives    boolean) (effects reads raises) (compiler syntax_bound_identifier_equal)
  (library (rnrs syntax-case))
  (doc "Would a binding of one capture the other?"))

(primitive generate-temporaries
  (takes    (list any))
  (gives    list) (effects reads allocates raises) (compiler syntax_generate_temporaries)
  (library (rnrs syntax-case))
  (doc "As many fresh identifiers as the list has elements."))

(primitive make-variable-transformer
  (takes    (procedure procedure))
  (gives    any) (effects allocates raises) (compiler syntax_make_variable_transformer)
  (library (rnrs syntax-case))
  (doc "A transformer that also gets (set! keyword expression)."))

(primitive syntax-violation
  (takes    (who any) (message any) (form any) (optional subform any))
  (gives    none) (effects raises) (compiler syntax_violation)
  (library (rnrs syntax-case))
  (doc "Raises &syntax with the form and subform."))

(primitive %syntax?
  (takes    (x any))
  (gives    boolean) (effects reads) (compiler syntax_is_syntax)
  (doc "True if x is a syntax object."))

(primitive %syntax-place
  (takes    (x any))
  (gives    any) (effects reads allocates) (compiler syntax_place)
  (doc "file:line:column of a syntax object as a string, or #f."))

(primitive %make-compile-time-value
  (takes    (x any))
  (gives    any) (effects allocates) (compiler syntax_make_compile_time_value)
  (doc "What define-syntax binds to a keyword that is no macro but carries information."))

(primitive %compile-time-value
  (takes    (id any) (default any))
  (gives    any) (effects reads raises) (compiler syntax_compile_time_value)
  (doc "In a transformer: the compile-time value or transformer of a keyword, or the default."))

(primitive %expand-start
  (takes    (what symbol) (argument any) (environment any))
  (gives    any) (effects reads writes allocates raises) (compiler expand_start)
  (doc "A task that is not yet started. what: eval, text, load, program, program-text, expand, environment, library, import (src/syntax/README.md)."))

(primitive %expand-step
  (takes    (task any) (value any))
  (gives    vector) (effects reads writes allocates raises) (compiler expand_step)
  (doc "Runs a task until it wants something: #(call procedure arguments transformer?), #(done value) or #(failed kind message place rendered form)."))

(primitive %claim-library!
  (takes    (library any))
  (gives    boolean) (effects reads writes) (compiler expand_claim_library)
  (doc "Has nobody run the body of the library yet? Then who asks must: for others it counts as done from now on."))

(primitive %expand-exception
  (takes    (task any) (message any))
  (gives    any) (effects reads writes allocates) (compiler expand_exception)
  (doc "While a task wants a transformer called: the text that shows this message, a string, at the use of the macro."))

(primitive %expand-abandon
  (takes    (task any))
  (gives    any) (effects writes) (compiler expand_abandon)
  (doc "Ends a task that will not be stepped any more."))

(primitive %interaction-environment
  (takes)
  (gives    any) (effects reads writes allocates) (compiler expand_interaction_environment)
  (doc "The environment of the REPL."))

(primitive %environment?
  (takes    (x any))
  (gives    boolean) (effects reads) (compiler expand_is_environment)
  (doc "True of what environment and %interaction-environment return."))

(primitive %environment-symbols
  (takes    (environment any))
  (gives    list) (effects reads allocates raises) (compiler expand_environment_symbols)
  (doc "The names that are bound in an environment."))

(primitive %environment-binding
  (takes    (environment any) (name symbol))
  (gives    any) (effects reads allocates raises) (compiler expand_environment_binding)
  (doc "#(kind value library) of a name in an environment, or #f; kind is syntax, primitive, variable or macro."))

(primitive %loaded-libraries
  (takes)
  (gives    list) (effects reads allocates) (compiler expand_loaded_libraries)
  (doc "The names of the libraries that are loaded."))

(primitive %library-exports
  (takes    (name list))
  (gives    any) (effects reads allocates) (compiler expand_library_exports)
  (doc "The names that a loaded library exports, or #f."))

(primitive %uninstall-library
  (takes    (name list))
  (gives    boolean) (effects writes) (compiler expand_uninstall_library)
  (doc "Forgets a loaded library; false if there is none of that name."))

(primitive %library-directories
  (takes)
  (gives    list) (effects reads allocates) (compiler expand_library_directories)
  (doc "Where libraries are looked up: those of -L and LOKO_LIBRARY_PATH, then the working directory."))

(primitive %system-library-directories
  (takes)
  (gives    list) (effects reads allocates) (compiler expand_system_library_directories)
  (doc "Where libraries are looked up after the list of %library-directories: what the system's packages install."))

(primitive %set-library-directories!
  (takes    (directories list))
  (gives    any) (effects writes raises) (compiler expand_set_library_directories)
  (doc "Sets the list of directories in which libraries are looked up."))

(primitive %library-extensions
  (takes)
  (gives    list) (effects reads allocates) (compiler expand_library_extensions)
  (doc "The extensions of library files, in order."))

(primitive %set-library-extensions!
  (takes    (extensions list))
  (gives    any) (effects writes raises) (compiler expand_set_library_extensions)
  (doc "Sets the extensions of library files."))

(primitive %features
  (takes)
  (gives    list) (effects reads allocates) (compiler expand_features)
  (doc "The features of cond-expand as symbols."))
