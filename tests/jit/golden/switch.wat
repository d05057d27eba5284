(module
 (type $0 (func (param i32 i32 i32) (result i32)))
 (type $1 (func (param i32 i64 i64) (result i64)))
 (import "elfin" "memory" (memory $memory 32 65536))
 (import "elfin" "table" (table $table 1 funcref))
 (import "elfin" "flag_carry_word" (func $flag_carry_word (param i32 i64 i64) (result i64)))
 (elem $s0 (i32.const 1) $f0)
 (func $f0 (param $0 i32) (param $1 i32) (param $2 i32) (result i32)
  (local $3 i64)
  (local $4 i64)
  (local $5 i64)
  (local $6 i64)
  (local $7 i64)
  (local $8 i64)
  (local $9 i32)
  (local $10 i64)
  (local $11 i32)
  (local $12 i64)
  (local $13 i64)
  (local $14 i64)
  (local $15 i64)
  (local $16 i32)
  (local $17 i32)
  (local $18 i64)
  (local $19 i64)
  (local $20 i64)
  (local $21 i64)
  (local $22 i32)
  (local $23 i64)
  (local $24 i64)
  (local $25 i64)
  (local $26 i32)
  (block $e2
   (block $e1
    (block $e0
     (local.set $3
      (i64.load offset=304 align=1
       (local.get $0)
      )
     )
     (block $b3
      (if
       (i32.ne
        (local.get $1)
        (i32.const 4194304)
       )
       (then
        (block $w
         (br $w)
        )
        (local.set $4
         (i64.load offset=8 align=1
          (local.get $0)
         )
        )
        (local.set $5
         (i64.load offset=16 align=1
          (local.get $0)
         )
        )
        (local.set $6
         (i64.load offset=32 align=1
          (local.get $0)
         )
        )
        (local.set $7
         (i64.load offset=136 align=1
          (local.get $0)
         )
        )
        (local.set $8
         (i64.load offset=144 align=1
          (local.get $0)
         )
        )
        (local.set $9
         (i32.load offset=312 align=1
          (local.get $0)
         )
        )
        (local.set $10
         (i64.load offset=184 align=1
          (local.get $0)
         )
        )
        (local.set $11
         (local.get $1)
        )
        (br $b3)
       )
      )
      (local.set $12
       (i64.load align=1
        (local.get $0)
       )
      )
      (local.set $4
       (i64.load offset=8 align=1
        (local.get $0)
       )
      )
      (local.set $5
       (i64.load offset=16 align=1
        (local.get $0)
       )
      )
      (local.set $6
       (i64.load offset=32 align=1
        (local.get $0)
       )
      )
      (local.set $13
       (i64.load offset=56 align=1
        (local.get $0)
       )
      )
      (local.set $7
       (i64.load offset=136 align=1
        (local.get $0)
       )
      )
      (local.set $8
       (i64.load offset=144 align=1
        (local.get $0)
       )
      )
      (local.set $9
       (i32.load offset=312 align=1
        (local.get $0)
       )
      )
      (local.set $10
       (i64.load offset=184 align=1
        (local.get $0)
       )
      )
      (local.set $14
       (i64.add
        (i64.add
         (local.get $13)
         (i64.shl
          (local.get $12)
          (i64.const 3)
         )
        )
        (i64.const -2097152)
       )
      )
      (@metadata.code.branch_hint "\00")
      (if
       (i64.ge_u
        (local.get $14)
        (local.get $3)
       )
       (then
        (local.set $11
         (i32.const 4194304)
        )
        (br $e0)
       )
      )
      (local.set $15
       (i64.load offset=2097152 align=1
        (i32.wrap_i64
         (local.get $14)
        )
       )
      )
      (@metadata.code.branch_hint "\00")
      (if
       (i64.ge_u
        (local.get $15)
        (i64.const 4294967295)
       )
       (then
        (local.set $11
         (i32.const 4194304)
        )
        (br $e0)
       )
      )
      (local.set $11
       (i32.wrap_i64
        (local.get $15)
       )
      )
      (local.set $10
       (i64.sub
        (local.get $10)
        (i64.const 1)
       )
      )
      (br $b3)
     )
     (block $b2
      (block $s2
       (block $s1
        (br_table $e1 $s1 $s2 $e1 $e1
         (i32.shr_u
          (i32.mul
           (local.get $11)
           (i32.const -1640531535)
          )
          (i32.const 30)
         )
        )
       )
       (if
        (i32.eq
         (local.get $11)
         (i32.const 4194307)
        )
        (then
         (local.set $16
          (i32.wrap_i64
           (local.get $4)
          )
         )
         (local.set $17
          (i32.add
           (local.get $16)
           (i32.const 1)
          )
         )
         (local.set $14
          (local.get $4)
         )
         (local.set $4
          (i64.extend_i32_u
           (local.get $17)
          )
         )
         (local.set $15
          (i64.and
           (call $flag_carry_word
            (local.get $9)
            (local.get $7)
            (local.get $8)
           )
           (i64.const -9223372036854775808)
          )
         )
         (local.set $18
          (i64.extend_i32_u
           (i32.or
            (i32.and
             (local.get $16)
             (i32.const 1)
            )
            (i32.and
             (i32.or
              (local.get $16)
              (i32.const 1)
             )
             (i32.xor
              (local.get $17)
              (i32.const -1)
             )
            )
           )
          )
         )
         (local.set $19
          (i64.or
           (i64.shl
            (local.get $18)
            (i64.const 32)
           )
           (i64.and
            (local.get $18)
            (i64.const 8)
           )
          )
         )
         (local.set $20
          (i64.extend_i32_s
           (local.get $17)
          )
         )
         (local.set $21
          (i64.or
           (i64.or
            (local.get $15)
            (i64.shr_u
             (i64.xor
              (local.get $15)
              (i64.and
               (i64.xor
                (local.get $19)
                (i64.shl
                 (local.get $19)
                 (i64.const 1)
                )
               )
               (i64.const -9223372036854775808)
              )
             )
             (i64.const 1)
            )
           )
           (i64.and
            (local.get $19)
            (i64.const 8)
           )
          )
         )
         (local.set $7
          (local.get $20)
         )
         (local.set $8
          (local.get $21)
         )
         (local.set $9
          (i32.const 0)
         )
         (local.set $10
          (i64.sub
           (local.get $10)
           (i64.const 2)
          )
         )
         (br $b2)
        )
       )
       (br $e1)
      )
      (if
       (i32.eq
        (local.get $11)
        (i32.const 4194311)
       )
       (then
        (br $b2)
       )
      )
      (br $e1)
     )
     (local.set $16
      (i32.wrap_i64
       (local.get $5)
      )
     )
     (local.set $17
      (i32.sub
       (local.get $16)
       (i32.const 1)
      )
     )
     (local.set $14
      (local.get $5)
     )
     (local.set $5
      (i64.extend_i32_u
       (local.get $17)
      )
     )
     (local.set $15
      (i64.and
       (call $flag_carry_word
        (local.get $9)
        (local.get $7)
        (local.get $8)
       )
       (i64.const -9223372036854775808)
      )
     )
     (local.set $22
      (i32.xor
       (local.get $16)
       (i32.const -1)
      )
     )
     (local.set $18
      (i64.extend_i32_u
       (i32.or
        (i32.and
         (local.get $22)
         (i32.const 1)
        )
        (i32.and
         (i32.or
          (local.get $22)
          (i32.const 1)
         )
         (local.get $17)
        )
       )
      )
     )
     (local.set $19
      (i64.or
       (i64.shl
        (local.get $18)
        (i64.const 32)
       )
       (i64.and
        (local.get $18)
        (i64.const 8)
       )
      )
     )
     (local.set $20
      (i64.extend_i32_s
       (local.get $17)
      )
     )
     (local.set $21
      (i64.or
       (i64.or
        (local.get $15)
        (i64.shr_u
         (i64.xor
          (local.get $15)
          (i64.and
           (i64.xor
            (local.get $19)
            (i64.shl
             (local.get $19)
             (i64.const 1)
            )
           )
           (i64.const -9223372036854775808)
          )
         )
         (i64.const 1)
        )
       )
       (i64.and
        (local.get $19)
        (i64.const 8)
       )
      )
     )
     (local.set $23
      (i64.add
       (local.get $6)
       (i64.const -2097152)
      )
     )
     (@metadata.code.branch_hint "\00")
     (if
      (i64.ge_u
       (local.get $23)
       (local.get $3)
      )
      (then
       (local.set $7
        (local.get $20)
       )
       (local.set $8
        (local.get $21)
       )
       (local.set $9
        (i32.const 0)
       )
       (local.set $10
        (i64.sub
         (local.get $10)
         (i64.const 1)
        )
       )
       (local.set $11
        (i32.const 4194313)
       )
       (br $e2)
      )
     )
     (local.set $24
      (i64.load offset=2097152 align=1
       (i32.wrap_i64
        (local.get $23)
       )
      )
     )
     (@metadata.code.branch_hint "\00")
     (if
      (i64.ge_u
       (local.get $24)
       (i64.const 4294967295)
      )
      (then
       (local.set $7
        (local.get $20)
       )
       (local.set $8
        (local.get $21)
       )
       (local.set $9
        (i32.const 0)
       )
       (local.set $10
        (i64.sub
         (local.get $10)
         (i64.const 1)
        )
       )
       (local.set $11
        (i32.const 4194313)
       )
       (br $e2)
      )
     )
     (local.set $25
      (local.get $6)
     )
     (local.set $6
      (i64.add
       (local.get $6)
       (i64.const 8)
      )
     )
     (local.set $10
      (i64.sub
       (local.get $10)
       (i64.const 2)
      )
     )
     (local.set $11
      (i32.wrap_i64
       (local.get $24)
      )
     )
     (i64.store offset=136 align=1
      (local.get $0)
      (local.get $20)
     )
     (i64.store offset=144 align=1
      (local.get $0)
      (local.get $21)
     )
     (i32.store offset=312 align=1
      (local.get $0)
      (i32.const 0)
     )
     (i64.store offset=8 align=1
      (local.get $0)
      (local.get $4)
     )
     (i64.store offset=16 align=1
      (local.get $0)
      (local.get $5)
     )
     (i64.store offset=32 align=1
      (local.get $0)
      (local.get $6)
     )
     (i64.store offset=184 align=1
      (local.get $0)
      (local.get $10)
     )
     (return
      (local.get $11)
     )
    )
    (i64.store offset=184 align=1
     (local.get $0)
     (local.get $10)
    )
    (i64.store offset=128 align=1
     (local.get $0)
     (i64.extend_i32_u
      (local.get $11)
     )
    )
    (return
     (i32.const -1)
    )
   )
   (i64.store offset=184 align=1
    (local.get $0)
    (local.get $10)
   )
   (local.set $26
    (i32.add
     (i32.load offset=300 align=1
      (local.get $0)
     )
     (i32.shl
      (i32.and
       (i32.xor
        (local.get $11)
        (i32.shr_u
         (local.get $11)
         (i32.const 14)
        )
       )
       (i32.const 16383)
      )
      (i32.const 3)
     )
    )
   )
   (if
    (i32.or
     (i32.ne
      (i32.load align=1
       (local.get $26)
      )
      (local.get $11)
     )
     (i64.lt_s
      (local.get $10)
      (i64.const 0)
     )
    )
    (then
     (return
      (local.get $11)
     )
    )
   )
   (return_call_indirect (type $0)
    (local.get $0)
    (local.get $11)
    (local.get $2)
    (i32.load offset=4 align=1
     (local.get $26)
    )
   )
  )
  (i64.store offset=8 align=1
   (local.get $0)
   (local.get $4)
  )
  (i64.store offset=16 align=1
   (local.get $0)
   (local.get $5)
  )
  (i64.store offset=32 align=1
   (local.get $0)
   (local.get $6)
  )
  (i64.store offset=136 align=1
   (local.get $0)
   (local.get $7)
  )
  (i64.store offset=144 align=1
   (local.get $0)
   (local.get $8)
  )
  (i32.store offset=312 align=1
   (local.get $0)
   (local.get $9)
  )
  (i64.store offset=184 align=1
   (local.get $0)
   (local.get $10)
  )
  (i64.store offset=128 align=1
   (local.get $0)
   (i64.extend_i32_u
    (local.get $11)
   )
  )
  (return
   (i32.const -1)
  )
  (unreachable)
 )
)
