using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

/// <summary>Cases worked out by hand from HuggingFace's documentation of its strategies.</summary>
public class EntityAggregationTests
{
    private static readonly string[] Labels = ["O", "B-ORG", "I-ORG", "B-PER", "I-PER"];

    /// <summary>"micro|soft| com|pany| met Ann": B-ORG I-PER I-ORG I-PER, O, B-PER.</summary>
    private static readonly LabelledToken[] Tokens =
    [
        Token(0, 5, false, 0.05f, 0.5f, 0.2f, 0.05f, 0.2f),
        Token(5, 9, true, 0, 0.1f, 0.1f, 0, 0.8f),
        Token(10, 13, false, 0, 0.1f, 0.6f, 0, 0.3f),
        Token(13, 17, true, 0, 0.1f, 0.4f, 0, 0.5f),
        Token(18, 21, false, 0.9f, 0.1f, 0, 0, 0),
        Token(22, 25, false, 0.1f, 0, 0, 0.7f, 0.2f),
    ];

    [Fact]
    public void None_gives_each_token_its_label() => Check(BertAggregation.None,
        new("B-ORG", 0.5f, 0, 5), new("I-PER", 0.8f, 5, 9), new("I-ORG", 0.6f, 10, 13), new("I-PER", 0.5f, 13, 17), new("O", 0.9f, 18, 21),
        new("B-PER", 0.7f, 22, 25));

    [Fact]
    public void Simple_may_cut_words() => Check(BertAggregation.Simple,
        new("ORG", 0.5f, 0, 5), new("PER", 0.8f, 5, 9), new("ORG", 0.6f, 10, 13), new("PER", 0.5f, 13, 17), new("O", 0.9f, 18, 21),
        new("PER", 0.7f, 22, 25));

    [Fact]
    public void First_gives_a_word_the_label_of_its_first_token() => Check(BertAggregation.First,
        new("ORG", (0.5f + 0.6f) / 2, 0, 17), new("O", 0.9f, 18, 21), new("PER", 0.7f, 22, 25));

    [Fact]
    public void Max_gives_a_word_the_label_of_its_surest_token() => Check(BertAggregation.Max,
        new("PER", 0.8f, 0, 9), new("ORG", 0.6f, 10, 17), new("O", 0.9f, 18, 21), new("PER", 0.7f, 22, 25));

    [Fact]
    public void Average_adds_the_tokens_of_a_word_up() => Check(BertAggregation.Average,
        new("PER", (0.2f + 0.8f) / 2, 0, 9), new("ORG", (0.6f + 0.4f) / 2, 10, 17), new("O", 0.9f, 18, 21), new("PER", 0.7f, 22, 25));

    [Fact]
    public void A_label_with_B_begins_another_entity_and_one_without_a_prefix_goes_on()
    {
        LabelledToken[] tokens = [Sure(3, 0), Sure(4, 2), Sure(3, 4), Sure(4, 6), Sure(2, 8)];
        Assert.Equal([(0, 3, "PER"), (4, 7, "PER"), (8, 9, "ORG")],
            Spans(new EntityAggregation(BertAggregation.Simple, Labels).Entities(tokens)));
        Assert.Equal([(0, 9, "CITY")],
            Spans(new EntityAggregation(BertAggregation.Simple, ["O", "x", "CITY", "CITY", "CITY"]).Entities(tokens)));

        static LabelledToken Sure(int label, int start) =>
            Token(start, start + 1, false, [.. Enumerable.Range(0, 5).Select(i => i == label ? 1f : 0)]);
    }

    [Fact]
    public void A_type_keeps_its_own_hyphens()
    {
        LabelledToken[] tokens = [Token(0, 3, false, 0, 1, 0), Token(4, 9, false, 0, 0, 1)];
        Entity entity = Assert.Single(
            new EntityAggregation(BertAggregation.Simple, ["O", "B-creative-work", "I-creative-work"]).Entities(tokens));
        Assert.Equal(("creative-work", 0, 9), (entity.Type, entity.Start, entity.End));
    }

    [Fact]
    public void Of_entities_that_overlap_the_longer_stays_then_the_surer()
    {
        Entity[] entities = [new("A", 0.9f, 10, 14), new("B", 0.5f, 0, 3), new("C", 0.4f, 12, 18), new("D", 0.7f, 2, 5),
            new("E", 0.6f, 18, 20)];
        Assert.Equal(["D", "C", "E"], EntityAggregation.WithoutOverlaps(entities).Select(entity => entity.Type));
    }

    private static LabelledToken Token(int start, int end, bool continues, params float[] scores) => new(scores, start, end, continues);

    private static IEnumerable<(int, int, string)> Spans(IEnumerable<Entity> entities) =>
        entities.Select(entity => (entity.Start, entity.End, entity.Type));

    private static void Check(BertAggregation strategy, params Entity[] expected)
    {
        List<Entity> actual = new EntityAggregation(strategy, Labels).Entities(Tokens);
        Assert.Equal(Spans(expected), Spans(actual));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-6f));
    }
}
