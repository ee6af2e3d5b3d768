import { incarnation } from '@pollux/protocol'
import { every } from './every-message.ts'
import { subscribing, twinHello } from './hellos.ts'
import { ReplicaBench } from './replica-bench.ts'
import { viewOf } from './views.ts'

type Choice = ConstructorParameters<typeof ReplicaBench>[2]

/**
 * sums/0 as its founder a1: linked to the producers a1 (link 1) and b2 (link 3), and to the consumers of
 * wall/0, a1 (link 2) and b2 (link 4). What that took is forgotten.
 */
export function servingReplica(choice: Choice = {}): ReplicaBench {
  const bench = new ReplicaBench('sums/0', 'a1', choice)
  bench.neighbour('orders/0', 'a1', 'b2').neighbour('wall/0', 'a1', 'b2').start()
  for (const link of [1, 3]) bench.says(link, every('accept', { incarnation: incarnation(1) }))
  bench.connects(2, subscribing(bench.context, 'a1')).connects(4, subscribing(bench.context, 'b2'))
  return bench.quiet()
}

/** The same with a twin: b2 is a member, and connected on link 6. */
export function servingTwin(choice: Choice = {}): ReplicaBench {
  const bench = servingReplica(choice).tell('view/sums/0', viewOf({ members: ['a1', 'b2'] }))
  return bench.connects(6, twinHello(bench.context, 'b2')).quiet()
}
