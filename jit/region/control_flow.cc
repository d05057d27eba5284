#include "jit/region/control_flow.h"

#include <algorithm>
#include <functional>

#include "jit/region/dataflow.h"
#include "jit/region/shared_checks.h"
#include "jit/region/translation_request.h"
#include "jit/region/unchecked_loops.h"

namespace elfin::jit {
namespace {

/// Depth first from the entry, then from blocks that only other entries reach: targets of edges
/// back to a block on the path are loop headers.
void MarkLoopHeaders(RegionGraph* graph) {
  enum : uint8_t { kUnseen, kOnPath, kDone };
  std::vector<uint8_t> state(graph->blocks.size(), kUnseen);
  struct Frame {
    int block;
    std::vector<int> left;
  };
  std::vector<Frame> path;
  auto enter = [&](int block) {
    state[static_cast<size_t>(block)] = kOnPath;
    Frame frame{block, {}};
    ForEachFlowTarget(graph->blocks[static_cast<size_t>(block)], [&](int target) {
      if (target >= 0) frame.left.push_back(target);
    });
    path.push_back(std::move(frame));
  };
  auto walk = [&](int first) {
    if (state[static_cast<size_t>(first)] != kUnseen) return;
    enter(first);
    while (!path.empty()) {
      if (path.back().left.empty()) {
        state[static_cast<size_t>(path.back().block)] = kDone;
        path.pop_back();
        continue;
      }
      const int target = path.back().left.back();
      path.back().left.pop_back();
      const auto index = static_cast<size_t>(target);
      if (state[index] == kOnPath) graph->blocks[index].is_loop_header = true;
      if (state[index] == kUnseen) enter(target);
    }
  };
  walk(graph->entry_block);
  for (size_t n = 0; n < graph->blocks.size(); ++n) {
    if (graph->blocks[n].is_entry) walk(static_cast<int>(n));
  }
}

void ChooseEntries(RegionGraph* graph) {
  uint32_t count = 0;
  for (const RegionBlock& block : graph->blocks) count += block.is_entry;
  auto make_entry = [&](RegionBlock& block) {
    if (block.is_entry || block.inherited_flags || count == kMaxRegionEntries) return;
    block.is_entry = true;
    ++count;
  };
  for (RegionBlock& block : graph->blocks) {
    const bool call = block.ending == Ending::kCall || block.ending == Ending::kIndirectCall;
    if (call && block.fallthrough.block >= 0) {
      make_entry(graph->blocks[static_cast<size_t>(block.fallthrough.block)]);
    }
  }
  for (RegionBlock& block : graph->blocks) block.loads_itself = block.is_entry;
  for (const RegionBlock& block : graph->blocks) {
    ForEachEdge(block, [&](const Target& target) {
      if (target.block >= 0) graph->blocks[static_cast<size_t>(target.block)].loads_itself = false;
    });
  }
  MarkLoopHeaders(graph);
  for (RegionBlock& block : graph->blocks) {
    if (block.is_loop_header && block.ending != Ending::kSwitch) make_entry(block);
  }
  if (graph->switch_block < 0) return;
  // Whoever comes from outside for one of its targets goes by the switch: no cycle gets another
  // entrance, and what leaves at a target finds back.
  for (const Target& target : graph->blocks[static_cast<size_t>(graph->switch_block)].targets) {
    RegionBlock& block = graph->blocks[static_cast<size_t>(target.block)];
    if (block.is_entry || count == kMaxRegionEntries) continue;
    block.is_switch_entry = true;
    graph->blocks[static_cast<size_t>(graph->switch_block)].is_entry = true;
    ++count;
  }
}

/// Puts dispatch nodes in front of cycles with several entrances, from the outside in.
class Reducer {
 public:
  Reducer(const RegionGraph& graph, Flow* flow) : graph_(graph), flow_(*flow) {}

  void Run() {
    std::vector<int> all(flow_.nodes.size());
    for (size_t n = 0; n < all.size(); ++n) all[n] = static_cast<int>(n);
    Process(all, -1);
  }

 private:
  /// Finds the cycles among `members` that don't pass through `header`.
  void Process(const std::vector<int>& members, int header) {
    for (std::vector<int>& cycle : FindCycles(members, header)) {
      ReduceCycle(&cycle);
    }
  }

  void ReduceCycle(std::vector<int>* cycle) {
    std::vector<bool> inside(flow_.nodes.size(), false);
    for (int node : *cycle) inside[static_cast<size_t>(node)] = true;
    std::vector<int> entrances;
    for (size_t n = 0; n < flow_.nodes.size(); ++n) {
      if (inside[n]) continue;
      for (const FlowNode::Edge& edge : flow_.nodes[n].edges) {
        if (inside[static_cast<size_t>(edge.node)] &&
            std::find(entrances.begin(), entrances.end(), edge.node) == entrances.end()) {
          entrances.push_back(edge.node);
        }
      }
    }
    if (entrances.empty()) return;  // nobody comes here
    int header = entrances[0];
    if (entrances.size() > 1) header = AddDispatch(inside, entrances, cycle);
    Process(*cycle, header);
  }

  /// The entrance that the guest's own loop begins with.
  int NaturalHeader(const std::vector<int>& entrances) const {
    for (int node : entrances) {
      const int block = flow_.nodes[static_cast<size_t>(node)].block;
      if (block >= 0 && graph_.blocks[static_cast<size_t>(block)].is_loop_header) return node;
    }
    return entrances[0];
  }

  int AddDispatch(std::vector<bool>& inside, const std::vector<int>& entrances,
                  std::vector<int>* cycle) {
    const int natural = NaturalHeader(entrances);
    const auto dispatch = static_cast<int>(flow_.nodes.size());
    FlowNode node;
    node.edges.push_back({natural, flow_.nodes[static_cast<size_t>(natural)].block, false});
    std::vector<std::pair<int, int>> ways;  // node, final block
    for (size_t n = 0; n < flow_.nodes.size(); ++n) {
      for (FlowNode::Edge& edge : flow_.nodes[n].edges) {
        if (!inside[static_cast<size_t>(edge.node)]) continue;
        const bool from_outside = !inside[n];
        if (!from_outside && edge.node != natural) continue;
        if (edge.node != natural || edge.labelled) {
          if (std::find(ways.begin(), ways.end(), std::pair{edge.node, edge.final}) == ways.end()) {
            ways.emplace_back(edge.node, edge.final);
          }
          edge.labelled = true;
        }
        edge.node = dispatch;
      }
    }
    for (const auto& [to, final] : ways) node.edges.push_back({to, final, true});
    flow_.nodes.push_back(std::move(node));
    inside.push_back(true);
    cycle->push_back(dispatch);
    return dispatch;
  }

  /// Strongly connected components with a cycle (Tarjan), without recursion.
  std::vector<std::vector<int>> FindCycles(const std::vector<int>& members, int header) const {
    const size_t count = flow_.nodes.size();
    std::vector<bool> member(count, false);
    for (int node : members) member[static_cast<size_t>(node)] = node != header;
    std::vector<int> index(count, -1), low(count, 0);
    std::vector<bool> on_stack(count, false);
    std::vector<int> stack;
    std::vector<std::vector<int>> cycles;
    struct Frame {
      int node;
      size_t edge;
    };
    std::vector<Frame> path;
    int next_index = 0;
    auto enter = [&](int node) {
      const auto n = static_cast<size_t>(node);
      index[n] = low[n] = next_index++;
      stack.push_back(node);
      on_stack[n] = true;
      path.push_back({node, 0});
    };
    for (int first : members) {
      if (!member[static_cast<size_t>(first)] || index[static_cast<size_t>(first)] >= 0) continue;
      enter(first);
      while (!path.empty()) {
        const int node = path.back().node;
        const auto n = static_cast<size_t>(node);
        if (path.back().edge < flow_.nodes[n].edges.size()) {
          const int to = flow_.nodes[n].edges[path.back().edge++].node;
          const auto t = static_cast<size_t>(to);
          if (!member[t]) continue;
          if (index[t] < 0) {
            enter(to);
          } else if (on_stack[t]) {
            low[n] = std::min(low[n], index[t]);
          }
          continue;
        }
        path.pop_back();
        if (!path.empty()) {
          const auto parent = static_cast<size_t>(path.back().node);
          low[parent] = std::min(low[parent], low[n]);
        }
        if (low[n] != index[n]) continue;
        std::vector<int> component;
        int top;
        do {
          top = stack.back();
          stack.pop_back();
          on_stack[static_cast<size_t>(top)] = false;
          component.push_back(top);
        } while (top != node);
        bool is_cycle = component.size() > 1;
        for (const FlowNode::Edge& edge : flow_.nodes[n].edges) is_cycle |= edge.node == node;
        if (is_cycle) cycles.push_back(std::move(component));
      }
    }
    return cycles;
  }

  const RegionGraph& graph_;
  Flow& flow_;
};

/// Reverse post-order, dominators (Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm"),
/// loops and merges.
void AnalyzeFlow(Flow* flow) {
  auto& nodes = flow->nodes;
  std::vector<int> post_order;
  std::vector<bool> seen(nodes.size(), false);
  struct Frame {
    int node;
    size_t edge;
  };
  std::vector<Frame> path{{flow->root, 0}};
  seen[static_cast<size_t>(flow->root)] = true;
  while (!path.empty()) {
    const int node = path.back().node;
    const auto& edges = nodes[static_cast<size_t>(node)].edges;
    if (path.back().edge == edges.size()) {
      post_order.push_back(node);
      path.pop_back();
      continue;
    }
    const int to = edges[path.back().edge++].node;
    if (seen[static_cast<size_t>(to)]) continue;
    seen[static_cast<size_t>(to)] = true;
    path.push_back({to, 0});
  }
  std::vector<int> order(post_order.rbegin(), post_order.rend());
  for (size_t n = 0; n < order.size(); ++n) {
    nodes[static_cast<size_t>(order[n])].order = static_cast<int>(n);
  }
  std::vector<std::vector<int>> before(nodes.size());
  for (int node : order) {
    for (const FlowNode::Edge& edge : nodes[static_cast<size_t>(node)].edges) {
      before[static_cast<size_t>(edge.node)].push_back(node);
    }
  }
  auto at = [&](int node) -> FlowNode& { return nodes[static_cast<size_t>(node)]; };
  at(flow->root).dominator = flow->root;
  auto intersect = [&](int a, int b) {
    while (a != b) {
      while (at(a).order > at(b).order) a = at(a).dominator;
      while (at(b).order > at(a).order) b = at(b).dominator;
    }
    return a;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (int node : order) {
      if (node == flow->root) continue;
      int dominator = -1;
      for (int from : before[static_cast<size_t>(node)]) {
        if (at(from).dominator < 0) continue;
        dominator = dominator < 0 ? from : intersect(from, dominator);
      }
      changed |= dominator != at(node).dominator;
      at(node).dominator = dominator;
    }
  }
  for (int node : order) {
    int forward = 0;
    for (int from : before[static_cast<size_t>(node)]) {
      if (at(from).order >= at(node).order) {
        at(node).is_loop = true;
      } else {
        ++forward;
      }
    }
    at(node).is_merge = forward > 1;
  }
  for (size_t n = order.size(); n-- > 0;) {
    if (order[n] != flow->root) at(at(order[n]).dominator).children.push_back(order[n]);
  }
}

}  // namespace

Flow BuildFlow(RegionGraph* graph) {
  ChooseEntries(graph);
  ShareChecks(graph);
  AddUncheckedLoops(graph);
  Flow flow;
  flow.nodes.resize(graph->blocks.size() + 1);
  flow.root = static_cast<int>(graph->blocks.size());
  FlowNode& root = flow.nodes.back();
  root.edges.push_back({graph->entry_block, graph->entry_block, false});
  for (size_t n = 0; n < graph->blocks.size(); ++n) {
    const auto block = static_cast<int>(n);
    flow.nodes[n].block = block;
    if (graph->blocks[n].is_entry && block != graph->entry_block) {
      root.edges.push_back({block, block, false});
    }
    ForEachFlowTarget(graph->blocks[n], [&](int target) {
      if (target >= 0) flow.nodes[n].edges.push_back({target, target, false});
    });
    const int guard = GuardBehind(*graph, graph->blocks[n]);
    if (guard >= 0) flow.nodes[n].edges.push_back({guard, guard, false});
  }
  Reducer(*graph, &flow).Run();
  AnalyzeFlow(&flow);
  return flow;
}

}  // namespace elfin::jit
