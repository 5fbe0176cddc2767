;; SPDX-License-Identifier: MIT
;;
;; Data in and out: binary form, labels. Functions in runtime/io/.

(primitive %fasl-encode
  (takes (datum any) (environment vector)) (gives pair)
  (effects reads allocates raises) (runtime fasl_encode) (needs fasl)
  (doc "The binary form of a datum: pair of a bytevector and the list of its external records, the last first. environment: see runtime/io/fasl_format.h."))

(primitive %fasl-decode
  (takes (bytes bytevector) (environment vector)) (gives pair)
  (effects reads allocates raises) (runtime fasl_decode) (needs fasl)
  (doc "The datum of a binary form, and a list of vectors: hash table to be filled, kind, mutable?, keys and values."))

(primitive %shared-parts
  (takes (x any) (all? any) (writers list)) (gives list)
  (effects reads allocates) (runtime shared_parts)
  (doc "The parts of x that are reached twice, or (all? false) that contain themselves; writers: association list of record types that are atoms."))

;;; Fast paths of ports (src/low/expand_ports.cpp). A miss is #f: no port of exactly the type rtd, no byte or room in the
;;; buffer, no ASCII character, no octet.

(primitive %port-take-char!
  (takes (port any) (rtd record)) (gives any)
  (effects reads writes) (low port_take_char)
  (doc "The next character if it is ASCII and in the buffer; it is consumed."))

(primitive %port-peek-char
  (takes (port any) (rtd record)) (gives any)
  (effects reads) (low port_peek_char)
  (doc "The next character if it is ASCII and in the buffer."))

(primitive %port-take-u8!
  (takes (port any) (rtd record)) (gives any)
  (effects reads writes) (low port_take_u8)
  (doc "The next byte if it is in the buffer; it is consumed."))

(primitive %port-peek-u8
  (takes (port any) (rtd record)) (gives any)
  (effects reads) (low port_peek_u8)
  (doc "The next byte if it is in the buffer."))

(primitive %port-put-char!
  (takes (port any) (rtd record) (c any)) (gives boolean)
  (effects reads writes) (low port_put_char)
  (doc "Puts an ASCII character into the buffer."))

(primitive %port-put-u8!
  (takes (port any) (rtd record) (n any)) (gives boolean)
  (effects reads writes) (low port_put_u8)
  (doc "Puts an octet into the buffer."))

;;; Bulk text of ports (src/runtime/io/port_text.cpp). The port is a textual one; ranges are right.

(primitive %port-take-line!
  (takes (port record) (cr? any) (replace? any)) (gives any)
  (effects reads writes allocates) (runtime port_take_line)
  (doc "The text up to a line end in the buffer, which is consumed; #f if there is none or the text is not valid UTF-8 and replace? is #f. With cr? carriage returns end lines too."))

(primitive %port-take-string!
  (takes (port record) (count fixnum) (replace? any)) (gives mutable-string)
  (effects reads writes allocates) (runtime port_take_string)
  (doc "At most count characters from the buffer. It ends before bytes that need more behind them, or are invalid and not to be replaced."))

(primitive %port-take-into!
  (takes (port record) (s string) (start fixnum) (count fixnum) (replace? any)) (gives fixnum)
  (effects reads writes allocates) (runtime port_take_into)
  (doc "The same into s from start on: the number of characters."))

(primitive %read-data!
  (takes (port record) (state vector) (item any) (item? any)) (gives fixnum)
  (effects reads writes allocates) (runtime read_data) (needs reading)
  (doc "Reads data from the buffer until a token comes that is not plain, or its end; what is open is in the state (runtime/io/read_data.cpp). Gives an outcome."))

(primitive %port-put-string!
  (takes (port record) (s string) (start fixnum) (end fixnum)) (gives fixnum)
  (effects reads writes) (runtime port_put_string)
  (doc "Puts characters of s into the output buffer while there is room; the index behind them."))

(primitive %port-put-identifier!
  (takes (port record) (name string)) (gives boolean)
  (effects reads writes) (runtime port_put_identifier)
  (doc "Puts a symbol's name into the output buffer if it is an identifier of ASCII characters that needs neither bars nor escapes, and if there is room."))

(primitive %port-put-fixnum!
  (takes (port record) (n fixnum)) (gives boolean)
  (effects reads writes) (runtime port_put_fixnum)
  (doc "Puts n in decimal into the output buffer, if there is room."))

;;; Bulk conversion between a binary port's buffer and UTF-8 (src/runtime/io/port_transcoding.cpp). Codecs: 0 UTF-8, 1 Latin-1,
;;; 2 and 3 UTF-16, big- and little-endian; line ends: 0 as they are, 1 cr, 2 crlf, 3 nel, 4 crnel, 5 ls.

(primitive %port-decode!
  (takes (port record) (codec fixnum) (convert? any) (out bytevector) (start fixnum) (end fixnum)) (gives fixnum)
  (effects reads writes) (runtime port_decode) (needs transcoding)
  (doc "Bytes from the input buffer become UTF-8 in out; the index behind it. It stops before what is invalid or incomplete."))

(primitive %port-encode!
  (takes (port record) (codec fixnum) (eol fixnum) (bytes bytevector) (start fixnum) (end fixnum)) (gives fixnum)
  (effects reads writes) (runtime port_encode) (needs transcoding)
  (doc "UTF-8 goes to the output buffer while there is room; the index of what is left. It stops before what can't be encoded."))
