(module
 (type $0 (func (param i32 i32 i32) (result i32)))
 (import "elfin" "memory" (memory $memory 32 65536))
 (import "elfin" "table" (table $table 1 funcref))
 (elem $s0 (i32.const 1) $f0)
 (func $f0 (param $0 i32) (param $1 i32) (param $2 i32) (result i32)
  (local $3 i64)
  (local $4 i64)
  (local $5 i64)
  (local $6 i64)
  (local $7 i64)
  (local $8 i64)
  (local $9 i64)
  (local $10 i32)
  (local $11 i64)
  (local $12 i64)
  (local $13 i32)
  (local $14 i64)
  (local $15 i64)
  (local $16 i64)
  (local $17 i32)
  (block $e3
   (block $e2
    (block $e1
     (block $e0
      (local.set $3
       (i64.load offset=304 align=1
        (local.get $0)
       )
      )
      (local.set $4
       (i64.load align=1
        (local.get $0)
       )
      )
      (local.set $5
       (i64.load offset=32 align=1
        (local.get $0)
       )
      )
      (local.set $6
       (i64.load offset=48 align=1
        (local.get $0)
       )
      )
      (local.set $7
       (i64.load offset=56 align=1
        (local.get $0)
       )
      )
      (local.set $8
       (i64.load offset=184 align=1
        (local.get $0)
       )
      )
      (block $b1
       (local.set $9
        (i64.add
         (local.get $7)
         (i64.const -2097152)
        )
       )
       (@metadata.code.branch_hint "\00")
       (if
        (i64.ge_u
         (local.get $9)
         (local.get $3)
        )
        (then
         (local.set $10
          (i32.const 4194304)
         )
         (br $e0)
        )
       )
       (local.set $4
        (i64.add
         (local.get $4)
         (i64.load offset=2097152 align=1
          (i32.wrap_i64
           (local.get $9)
          )
         )
        )
       )
       (local.set $9
        (local.get $7)
       )
       (local.set $7
        (i64.add
         (local.get $7)
         (i64.const 8)
        )
       )
       (if
        (i64.ne
         (local.get $7)
         (local.get $6)
        )
        (then
         (local.set $11
          (local.get $7)
         )
         (local.set $12
          (local.get $6)
         )
         (local.set $13
          (i32.const 520)
         )
         (local.set $8
          (i64.sub
           (local.get $8)
           (i64.const 4)
          )
         )
         (loop $l6
          (local.set $14
           (i64.sub
            (local.get $8)
            (i64.const 4000)
           )
          )
          (if
           (i64.lt_s
            (local.get $14)
            (i64.const 0)
           )
           (then
            (local.set $14
             (i64.const 0)
            )
           )
          )
          (block $o0
           (block $a0
            (@metadata.code.branch_hint "\00")
            (br_if $a0
             (i64.le_u
              (local.get $3)
              (i64.const 8071)
             )
            )
            (@metadata.code.branch_hint "\00")
            (br_if $a0
             (i64.ge_u
              (i64.add
               (local.get $7)
               (i64.const -2097152)
              )
              (i64.add
               (local.get $3)
               (i64.const -8071)
              )
             )
            )
            (br $o0)
           )
           (loop $l0
            (local.set $9
             (i64.add
              (local.get $7)
              (i64.const -2097152)
             )
            )
            (@metadata.code.branch_hint "\00")
            (if
             (i64.ge_u
              (local.get $9)
              (local.get $3)
             )
             (then
              (local.set $10
               (i32.const 4194304)
              )
              (br $e1)
             )
            )
            (local.set $4
             (i64.add
              (local.get $4)
              (i64.load offset=2097152 align=1
               (i32.wrap_i64
                (local.get $9)
               )
              )
             )
            )
            (local.set $9
             (local.get $7)
            )
            (local.set $7
             (i64.add
              (local.get $7)
              (i64.const 8)
             )
            )
            (if
             (i64.ne
              (local.get $7)
              (local.get $6)
             )
             (then
              (local.set $11
               (local.get $7)
              )
              (local.set $12
               (local.get $6)
              )
              (local.set $13
               (i32.const 520)
              )
              (local.set $8
               (i64.sub
                (local.get $8)
                (i64.const 4)
               )
              )
              (@metadata.code.branch_hint "\00")
              (if
               (i64.lt_s
                (local.get $8)
                (i64.const 0)
               )
               (then
                (local.set $10
                 (i32.const 4194304)
                )
                (br $e2)
               )
              )
              (br $l0)
             )
            )
            (local.set $11
             (local.get $7)
            )
            (local.set $12
             (local.get $6)
            )
            (local.set $13
             (i32.const 520)
            )
            (local.set $8
             (i64.sub
              (local.get $8)
              (i64.const 4)
             )
            )
            (br $b1)
           )
          )
          (loop $l2
           (local.set $4
            (i64.add
             (local.get $4)
             (i64.load align=1
              (i32.wrap_i64
               (local.get $7)
              )
             )
            )
           )
           (local.set $9
            (local.get $7)
           )
           (local.set $7
            (i64.add
             (local.get $7)
             (i64.const 8)
            )
           )
           (if
            (i64.ne
             (local.get $7)
             (local.get $6)
            )
            (then
             (local.set $4
              (i64.add
               (local.get $4)
               (i64.load align=1
                (i32.wrap_i64
                 (local.get $7)
                )
               )
              )
             )
             (local.set $9
              (local.get $7)
             )
             (local.set $7
              (i64.add
               (local.get $7)
               (i64.const 8)
              )
             )
             (if
              (i64.ne
               (local.get $7)
               (local.get $6)
              )
              (then
               (local.set $4
                (i64.add
                 (local.get $4)
                 (i64.load align=1
                  (i32.wrap_i64
                   (local.get $7)
                  )
                 )
                )
               )
               (local.set $9
                (local.get $7)
               )
               (local.set $7
                (i64.add
                 (local.get $7)
                 (i64.const 8)
                )
               )
               (if
                (i64.ne
                 (local.get $7)
                 (local.get $6)
                )
                (then
                 (local.set $11
                  (local.get $7)
                 )
                 (local.set $12
                  (local.get $6)
                 )
                 (local.set $13
                  (i32.const 520)
                 )
                 (local.set $4
                  (i64.add
                   (local.get $4)
                   (i64.load align=1
                    (i32.wrap_i64
                     (local.get $7)
                    )
                   )
                  )
                 )
                 (local.set $9
                  (local.get $7)
                 )
                 (local.set $7
                  (i64.add
                   (local.get $7)
                   (i64.const 8)
                  )
                 )
                 (if
                  (i64.ne
                   (local.get $7)
                   (local.get $6)
                  )
                  (then
                   (local.set $8
                    (i64.sub
                     (local.get $8)
                     (i64.const 16)
                    )
                   )
                   (@metadata.code.branch_hint "\00")
                   (if
                    (i64.lt_s
                     (local.get $8)
                     (local.get $14)
                    )
                    (then
                     (local.set $11
                      (local.get $7)
                     )
                     (local.set $12
                      (local.get $6)
                     )
                     (local.set $13
                      (i32.const 520)
                     )
                     (@metadata.code.branch_hint "\00")
                     (if
                      (i64.lt_s
                       (local.get $8)
                       (i64.const 0)
                      )
                      (then
                       (local.set $10
                        (i32.const 4194304)
                       )
                       (br $e2)
                      )
                     )
                     (br $l6)
                    )
                   )
                   (br $l2)
                  )
                 )
                 (local.set $11
                  (local.get $7)
                 )
                 (local.set $12
                  (local.get $6)
                 )
                 (local.set $13
                  (i32.const 520)
                 )
                 (local.set $8
                  (i64.sub
                   (local.get $8)
                   (i64.const 16)
                  )
                 )
                 (br $b1)
                )
               )
               (local.set $11
                (local.get $7)
               )
               (local.set $12
                (local.get $6)
               )
               (local.set $13
                (i32.const 520)
               )
               (local.set $8
                (i64.sub
                 (local.get $8)
                 (i64.const 12)
                )
               )
               (br $b1)
              )
             )
             (local.set $11
              (local.get $7)
             )
             (local.set $12
              (local.get $6)
             )
             (local.set $13
              (i32.const 520)
             )
             (local.set $8
              (i64.sub
               (local.get $8)
               (i64.const 8)
              )
             )
             (br $b1)
            )
           )
           (local.set $11
            (local.get $7)
           )
           (local.set $12
            (local.get $6)
           )
           (local.set $13
            (i32.const 520)
           )
           (local.set $8
            (i64.sub
             (local.get $8)
             (i64.const 4)
            )
           )
           (br $b1)
          )
         )
        )
       )
       (local.set $11
        (local.get $7)
       )
       (local.set $12
        (local.get $6)
       )
       (local.set $13
        (i32.const 520)
       )
       (local.set $8
        (i64.sub
         (local.get $8)
         (i64.const 4)
        )
       )
       (br $b1)
      )
      (local.set $9
       (i64.add
        (local.get $5)
        (i64.const -2097152)
       )
      )
      (@metadata.code.branch_hint "\00")
      (if
       (i64.ge_u
        (local.get $9)
        (local.get $3)
       )
       (then
        (local.set $10
         (i32.const 4194316)
        )
        (br $e3)
       )
      )
      (local.set $15
       (i64.load offset=2097152 align=1
        (i32.wrap_i64
         (local.get $9)
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
        (local.set $10
         (i32.const 4194316)
        )
        (br $e3)
       )
      )
      (local.set $16
       (local.get $5)
      )
      (local.set $5
       (i64.add
        (local.get $5)
        (i64.const 8)
       )
      )
      (local.set $8
       (i64.sub
        (local.get $8)
        (i64.const 1)
       )
      )
      (local.set $10
       (i32.wrap_i64
        (local.get $15)
       )
      )
      (i64.store align=1
       (local.get $0)
       (local.get $4)
      )
      (i64.store offset=32 align=1
       (local.get $0)
       (local.get $5)
      )
      (i64.store offset=56 align=1
       (local.get $0)
       (local.get $7)
      )
      (i64.store offset=136 align=1
       (local.get $0)
       (local.get $11)
      )
      (i64.store offset=144 align=1
       (local.get $0)
       (local.get $12)
      )
      (i32.store offset=312 align=1
       (local.get $0)
       (local.get $13)
      )
      (i64.store offset=184 align=1
       (local.get $0)
       (local.get $8)
      )
      (return
       (local.get $10)
      )
     )
     (i64.store align=1
      (local.get $0)
      (local.get $4)
     )
     (i64.store offset=56 align=1
      (local.get $0)
      (local.get $7)
     )
     (i64.store offset=184 align=1
      (local.get $0)
      (local.get $8)
     )
     (i64.store offset=128 align=1
      (local.get $0)
      (i64.extend_i32_u
       (local.get $10)
      )
     )
     (return
      (i32.const -1)
     )
    )
    (i64.store align=1
     (local.get $0)
     (local.get $4)
    )
    (i64.store offset=56 align=1
     (local.get $0)
     (local.get $7)
    )
    (i64.store offset=136 align=1
     (local.get $0)
     (local.get $11)
    )
    (i64.store offset=144 align=1
     (local.get $0)
     (local.get $12)
    )
    (i32.store offset=312 align=1
     (local.get $0)
     (local.get $13)
    )
    (i64.store offset=184 align=1
     (local.get $0)
     (local.get $8)
    )
    (i64.store offset=128 align=1
     (local.get $0)
     (i64.extend_i32_u
      (local.get $10)
     )
    )
    (return
     (i32.const -1)
    )
   )
   (i64.store align=1
    (local.get $0)
    (local.get $4)
   )
   (i64.store offset=56 align=1
    (local.get $0)
    (local.get $7)
   )
   (i64.store offset=136 align=1
    (local.get $0)
    (local.get $11)
   )
   (i64.store offset=144 align=1
    (local.get $0)
    (local.get $12)
   )
   (i32.store offset=312 align=1
    (local.get $0)
    (local.get $13)
   )
   (i64.store offset=184 align=1
    (local.get $0)
    (local.get $8)
   )
   (local.set $17
    (i32.add
     (i32.load offset=300 align=1
      (local.get $0)
     )
     (i32.shl
      (i32.and
       (i32.xor
        (local.get $10)
        (i32.shr_u
         (local.get $10)
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
       (local.get $17)
      )
      (local.get $10)
     )
     (i64.lt_s
      (local.get $8)
      (i64.const 0)
     )
    )
    (then
     (return
      (local.get $10)
     )
    )
   )
   (return_call_indirect (type $0)
    (local.get $0)
    (local.get $10)
    (local.get $2)
    (i32.load offset=4 align=1
     (local.get $17)
    )
   )
  )
  (i64.store align=1
   (local.get $0)
   (local.get $4)
  )
  (i64.store offset=32 align=1
   (local.get $0)
   (local.get $5)
  )
  (i64.store offset=56 align=1
   (local.get $0)
   (local.get $7)
  )
  (i64.store offset=136 align=1
   (local.get $0)
   (local.get $11)
  )
  (i64.store offset=144 align=1
   (local.get $0)
   (local.get $12)
  )
  (i32.store offset=312 align=1
   (local.get $0)
   (local.get $13)
  )
  (i64.store offset=184 align=1
   (local.get $0)
   (local.get $8)
  )
  (i64.store offset=128 align=1
   (local.get $0)
   (i64.extend_i32_u
    (local.get $10)
   )
  )
  (return
   (i32.const -1)
  )
  (unreachable)
 )
)
