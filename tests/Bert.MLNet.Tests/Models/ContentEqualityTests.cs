using System.Collections;
using System.Reflection;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Models;

/// <summary>Records of users compare by what they hold, lists and dictionaries included, and keep copies of them.</summary>
public sealed class ContentEqualityTests
{
    private const string Json = """{"model_type":"bert","hidden_size":32,"num_attention_heads":4,"architectures":["BertForSequenceClassification"],"id2label":{"0":"bad","1":"good"},"made_by":"somebody"}""";

    private static readonly BertModel s_model = new TinyCheckpoint().Load();
    private static readonly BertVectorTrainer s_trainer = new("a", (ml, label, features) => ml.Regression.Trainers.Sdca(label, features));

    public static TheoryData<Type> Records =>
        [.. from type in typeof(BertModel).Assembly.ExportedTypes where type.GetMethod("<Clone>$") is not null
            && type.GetConstructor([]) is not null select type];

    [Theory, MemberData(nameof(Records))]
    public void Two_records_with_equal_collections_are_equal_and_do_not_see_later_changes(Type record)
    {
        object one = Activator.CreateInstance(record)!, other = Activator.CreateInstance(record)!;
        AssertSame(one, other);
        foreach (PropertyInfo property in record.GetProperties().Where(property => Sample(property.PropertyType) is not null))
        {
            object samples = Sample(property.PropertyType)!;
            property.SetValue(one, samples);
            Assert.NotEqual(one, other);
            property.SetValue(other, Sample(property.PropertyType));
            AssertSame(one, other);
            Change(samples);
            AssertSame(one, other);
        }
    }

    [Fact]
    public void Configs_of_one_checkpoint_are_equal_however_their_files_are_written()
    {
        BertConfig config = BertConfig.Parse(Json);
        AssertSame(config, BertConfig.Parse(Json));
        AssertSame(config, BertConfig.Parse(Json.Replace(",", ",\n", StringComparison.Ordinal).Replace(""","made_by":"somebody""", "", StringComparison.Ordinal)));
        AssertSame(config, BertConfig.Parse(config.ToJson()));
        AssertSame(config, config with { Id2Label = new Dictionary<int, string> { [1] = "good", [0] = "bad" } });
        Assert.NotEqual(config, config with { Id2Label = new Dictionary<int, string> { [0] = "good", [1] = "bad" } });
        Assert.NotEqual(config, config with { Architectures = [] });
        Assert.NotEqual(config, config with { HiddenSize = 36 });
        Assert.Contains("made_by", config.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_that_are_opened_twice_have_equal_configs_and_options()
    {
        var checkpoint = new TinyCheckpoint { Architecture = "BertForSequenceClassification" };
        BertModel one = checkpoint.Load(), other = checkpoint.Load();
        AssertSame(one.Config, other.Config);
        AssertSame(one.Sentence, other.Sentence);
        AssertSame(one.Sentence with { TokenWeights = [0.5f, 1] }, other.Sentence with { TokenWeights = new List<float> { 0.5f, 1 } });
        Assert.NotEqual(one.Sentence with { TokenWeights = [0.5f, 1] }, other.Sentence with { TokenWeights = [1, 0.5f] });
    }

    [Fact]
    public void Embeddings_are_equal_if_their_values_are()
    {
        var one = new BertEmbedding(new float[] { 1, -0f, float.NaN }, 3);
        AssertSame(one, new BertEmbedding(new float[] { 9, 1, 0f, float.NaN }.AsMemory(1), 3));
        Assert.NotEqual(one, new BertEmbedding(new float[] { 1, 0, 2 }, 3));
        Assert.NotEqual(one, one with { TokenCount = 4 });
    }

    private static void AssertSame(object one, object other)
    {
        Assert.True(one.Equals(other) && other.Equals(one), $"{one} and {other}");
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    /// <summary>Something that a user may change later; null for a type that is no collection.</summary>
    private static object? Sample(Type type) =>
        type == typeof(IReadOnlyList<string>) ? new List<string> { "a", "b" }
        : type == typeof(IReadOnlyList<int>) ? new List<int> { 1, 2 }
        : type == typeof(IReadOnlyList<long>) ? new List<long> { 1, 2 }
        : type == typeof(IReadOnlyList<float>) ? new List<float> { 1, 2 }
        : type == typeof(IReadOnlyDictionary<int, string>) ? new Dictionary<int, string> { [0] = "a", [1] = "b" }
        : type == typeof(IReadOnlyDictionary<string, string>) ? new Dictionary<string, string> { ["a"] = "x", ["b"] = "y" }
        : type == typeof(IReadOnlyList<BertModel>) ? new List<BertModel> { s_model, s_model }
        : type == typeof(IReadOnlyList<BertVectorTrainer>) ? new List<BertVectorTrainer> { s_trainer, s_trainer }
        : typeof(IEnumerable).IsAssignableFrom(type) && type != typeof(string)
            ? throw new NotSupportedException($"Say what a {type} may hold.")
        : null;

    private static void Change(object collection)
    {
        if (collection is IDictionary dictionary)
            dictionary.Clear();
        else
            ((IList)collection).RemoveAt(0);
    }
}
