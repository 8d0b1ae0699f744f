using System.Numerics.Tensors;

namespace Bert.MLNet.Tasks;

/// <summary>Combines labels of tokens into entities in the same steps as HuggingFace's <c>TokenClassificationPipeline</c>.</summary>
internal sealed class EntityAggregation(BertAggregation strategy, IReadOnlyList<string> labels)
{
    /// <summary>Returns the entities of all types among the tokens of a window.</summary>
    public List<Entity> Entities(IEnumerable<LabelledToken> tokens)
    {
        if (strategy is BertAggregation.None)
            return [.. tokens.Select(token => Word([token]))];
        return strategy is BertAggregation.Simple ? Group(tokens.Select(token => Word([token]))) : Group(Words(tokens));
    }

    /// <summary>Removes overlapping entities of several windows. The longer entity, or the one with the higher score, is kept.</summary>
    public static List<Entity> WithoutOverlaps(IEnumerable<Entity> entities)
    {
        var kept = new List<Entity>();
        foreach (Entity entity in entities.OrderBy(entity => entity.Start))
        {
            if (kept.Count == 0 || entity.Start >= kept[^1].End)
                kept.Add(entity);
            else if ((entity.Length, entity.Score).CompareTo((kept[^1].Length, kept[^1].Score)) > 0)
                kept[^1] = entity;
        }
        return kept;
    }

    private IEnumerable<Entity> Words(IEnumerable<LabelledToken> tokens)
    {
        var word = new List<LabelledToken>();
        foreach (LabelledToken token in tokens)
        {
            if (word.Count > 0 && !token.ContinuesWord)
            {
                yield return Word(word);
                word.Clear();
            }
            word.Add(token);
        }
        if (word.Count > 0)
            yield return Word(word);
    }

    /// <summary>Computes the probabilities of a word's labels from those of its tokens.</summary>
    public float[] Scores(List<LabelledToken> tokens) => strategy switch
    {
        BertAggregation.Average => Average(tokens),
        BertAggregation.Max => tokens.MaxBy(token => TensorPrimitives.Max<float>(token.Scores)).Scores,
        _ => tokens[0].Scores,
    };

    private Entity Word(List<LabelledToken> tokens)
    {
        float[] scores = Scores(tokens);
        int best = TensorPrimitives.IndexOfMax<float>(scores);
        return new Entity(labels[best], scores[best], tokens[0].Start, tokens[^1].End);
    }

    private static float[] Average(List<LabelledToken> tokens)
    {
        float[] mean = new float[tokens[0].Scores.Length];
        foreach (LabelledToken token in tokens)
            TensorPrimitives.Add(mean, token.Scores, mean);
        TensorPrimitives.Divide(mean, tokens.Count, mean);
        return mean;
    }

    /// <summary>Joins adjacent words of the same type, unless the second starts an entity.</summary>
    private static List<Entity> Group(IEnumerable<Entity> words)
    {
        var groups = new List<Entity>();
        var group = new List<Entity>();
        foreach (Entity word in words)
        {
            (bool begins, string type) = Tag(word.Type);
            if (group.Count > 0 && (begins || type != Tag(group[^1].Type).Type))
            {
                groups.Add(Join(group));
                group.Clear();
            }
            group.Add(word);
        }
        if (group.Count > 0)
            groups.Add(Join(group));
        return groups;
    }

    private static Entity Join(List<Entity> words)
    {
        string label = words[0].Type;
        return new Entity(label[(label.IndexOf('-') + 1)..], words.Average(word => word.Score), words[0].Start, words[^1].End);
    }

    private static (bool Begins, string Type) Tag(string label) =>
        label.StartsWith("B-", StringComparison.Ordinal) ? (true, label[2..])
        : label.StartsWith("I-", StringComparison.Ordinal) ? (false, label[2..])
        : (false, label);
}
