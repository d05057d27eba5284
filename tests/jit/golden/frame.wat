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
  (local $13 i64)
  (local $14 i64)
  (local $15 i64)
  (local $16 i32)
  (local $17 i64)
  (block $e3
   (block $e2
    (block $e1
     (block $e0
      (local.set $3
       (i64.load offset=304 align=1
        (local.get $0)
       )
      )
      (block $b1
       (if
        (i32.ne
         (local.get $1)
         (i32.const 4194304)
        )
        (then
         (br $b1)
        )
       )
       (local.set $4
        (i64.load offset=32 align=1
         (local.get $0)
        )
       )
       (local.set $5
        (i64.load offset=40 align=1
         (local.get $0)
        )
       )
       (local.set $6
        (i64.load offset=56 align=1
         (local.get $0)
        )
       )
       (local.set $7
        (i64.load offset=184 align=1
         (local.get $0)
        )
       )
       (local.set $8
        (i64.add
         (local.get $4)
         (i64.const -8)
        )
       )
       (local.set $9
        (i64.add
         (local.get $4)
         (i64.const -2097168)
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
       (i64.store offset=2097160 align=1
        (i32.wrap_i64
         (local.get $9)
        )
        (local.get $5)
       )
       (local.set $5
        (local.get $8)
       )
       (local.set $11
        (local.get $4)
       )
       (local.set $4
        (i64.add
         (local.get $4)
         (i64.const -40)
        )
       )
       (i64.store offset=2097152 align=1
        (i32.wrap_i64
         (local.get $9)
        )
        (local.get $6)
       )
       (local.set $9
        (i64.add
         (local.get $11)
         (i64.const -48)
        )
       )
       (local.set $12
        (i64.load offset=1472 align=1
         (local.get $0)
        )
       )
       (local.set $13
        (i64.load offset=1480 align=1
         (local.get $0)
        )
       )
       (@metadata.code.branch_hint "\00")
       (if
        (i64.ge_u
         (i64.sub
          (local.get $9)
          (local.get $12)
         )
         (local.get $13)
        )
        (then
         (local.set $14
          (local.get $8)
         )
         (local.set $15
          (i64.const 32)
         )
         (local.set $16
          (i32.const 520)
         )
         (local.set $7
          (i64.sub
           (local.get $7)
           (i64.const 4)
          )
         )
         (local.set $10
          (i32.const 4194316)
         )
         (br $e1)
        )
       )
       (i64.store offset=2097152 align=1
        (i32.wrap_i64
         (i64.add
          (local.get $11)
          (i64.const -2097200)
         )
        )
        (i64.const 4194321)
       )
       (local.set $4
        (local.get $9)
       )
       (local.set $7
        (i64.sub
         (local.get $7)
         (i64.const 5)
        )
       )
       (i64.store offset=136 align=1
        (local.get $0)
        (local.get $8)
       )
       (i64.store offset=144 align=1
        (local.get $0)
        (i64.const 32)
       )
       (i32.store offset=312 align=1
        (local.get $0)
        (i32.const 520)
       )
       (i64.store offset=32 align=1
        (local.get $0)
        (local.get $4)
       )
       (i64.store offset=40 align=1
        (local.get $0)
        (local.get $5)
       )
       (i64.store offset=184 align=1
        (local.get $0)
        (local.get $7)
       )
       (@metadata.code.branch_hint "\00")
       (if
        (i32.lt_s
         (i32.or
          (i32.wrap_i64
           (i64.shr_s
            (local.get $7)
            (i64.const 32)
           )
          )
          (local.get $2)
         )
         (i32.const 0)
        )
        (then
         (return
          (i32.const 4194828)
         )
        )
       )
       (return
        (i32.const 4194828)
       )
      )
      (local.set $17
       (i64.load align=1
        (local.get $0)
       )
      )
      (local.set $4
       (i64.load offset=32 align=1
        (local.get $0)
       )
      )
      (local.set $5
       (i64.load offset=40 align=1
        (local.get $0)
       )
      )
      (local.set $7
       (i64.load offset=184 align=1
        (local.get $0)
       )
      )
      (local.set $8
       (i64.add
        (local.get $5)
        (i64.const -2097160)
       )
      )
      (@metadata.code.branch_hint "\00")
      (if
       (i64.ge_u
        (local.get $8)
        (local.get $3)
       )
       (then
        (local.set $10
         (i32.const 4194321)
        )
        (br $e2)
       )
      )
      (local.set $9
       (i64.load offset=2097152 align=1
        (i32.wrap_i64
         (local.get $8)
        )
       )
      )
      (local.set $11
       (local.get $17)
      )
      (local.set $17
       (i64.add
        (local.get $17)
        (local.get $9)
       )
      )
      (local.set $4
       (i64.add
        (local.get $5)
        (i64.const 8)
       )
      )
      (local.set $12
       (local.get $5)
      )
      (local.set $5
       (i64.load offset=2097160 align=1
        (i32.wrap_i64
         (local.get $8)
        )
       )
      )
      (local.set $13
       (i64.load offset=2097168 align=1
        (i32.wrap_i64
         (local.get $8)
        )
       )
      )
      (@metadata.code.branch_hint "\00")
      (if
       (i64.ge_u
        (local.get $13)
        (i64.const 4294967295)
       )
       (then
        (local.set $14
         (local.get $17)
        )
        (local.set $15
         (local.get $9)
        )
        (local.set $16
         (i32.const 264)
        )
        (local.set $7
         (i64.sub
          (local.get $7)
          (i64.const 2)
         )
        )
        (local.set $10
         (i32.const 4194326)
        )
        (br $e3)
       )
      )
      (local.set $4
       (i64.add
        (local.get $12)
        (i64.const 16)
       )
      )
      (local.set $7
       (i64.sub
        (local.get $7)
        (i64.const 3)
       )
      )
      (local.set $10
       (i32.wrap_i64
        (local.get $13)
       )
      )
      (i64.store offset=136 align=1
       (local.get $0)
       (local.get $17)
      )
      (i64.store offset=144 align=1
       (local.get $0)
       (local.get $9)
      )
      (i32.store offset=312 align=1
       (local.get $0)
       (i32.const 264)
      )
      (i64.store align=1
       (local.get $0)
       (local.get $17)
      )
      (i64.store offset=32 align=1
       (local.get $0)
       (local.get $4)
      )
      (i64.store offset=40 align=1
       (local.get $0)
       (local.get $5)
      )
      (i64.store offset=184 align=1
       (local.get $0)
       (local.get $7)
      )
      (return
       (local.get $10)
      )
     )
     (i64.store offset=32 align=1
      (local.get $0)
      (local.get $4)
     )
     (i64.store offset=40 align=1
      (local.get $0)
      (local.get $5)
     )
     (i64.store offset=184 align=1
      (local.get $0)
      (local.get $7)
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
    (i64.store offset=32 align=1
     (local.get $0)
     (local.get $4)
    )
    (i64.store offset=40 align=1
     (local.get $0)
     (local.get $5)
    )
    (i64.store offset=136 align=1
     (local.get $0)
     (local.get $14)
    )
    (i64.store offset=144 align=1
     (local.get $0)
     (local.get $15)
    )
    (i32.store offset=312 align=1
     (local.get $0)
     (local.get $16)
    )
    (i64.store offset=184 align=1
     (local.get $0)
     (local.get $7)
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
    (local.get $17)
   )
   (i64.store offset=32 align=1
    (local.get $0)
    (local.get $4)
   )
   (i64.store offset=40 align=1
    (local.get $0)
    (local.get $5)
   )
   (i64.store offset=184 align=1
    (local.get $0)
    (local.get $7)
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
   (local.get $17)
  )
  (i64.store offset=32 align=1
   (local.get $0)
   (local.get $4)
  )
  (i64.store offset=40 align=1
   (local.get $0)
   (local.get $5)
  )
  (i64.store offset=136 align=1
   (local.get $0)
   (local.get $14)
  )
  (i64.store offset=144 align=1
   (local.get $0)
   (local.get $15)
  )
  (i32.store offset=312 align=1
   (local.get $0)
   (local.get $16)
  )
  (i64.store offset=184 align=1
   (local.get $0)
   (local.get $7)
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
