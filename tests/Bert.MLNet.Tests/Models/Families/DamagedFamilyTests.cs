using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tests.Mutants;

namespace Bert.MLNet.Tests.Models;

/// <summary>Checkpoints of every family with one fault: one exception each, which names the tensor or the field as the file does.</summary>
public class DamagedFamilyTests
{
    private const string Weights = "model.safetensors", Config = "config.json";

    private static readonly ConcurrentDictionary<string, Dictionary<string, byte[]>> s_whole = new();

    /// <summary>The fields of a family that change its arithmetic, with a value that is not supported, and what is.</summary>
    public static TheoryData<string, string, string, string> Fields => new()
    {
        { "bert", "position_embedding_type", "\"relative_key\"", "absolute" },
        { "distilbert", "activation", "\"mish\"", "gelu_new" },
        { "mpnet", "relative_attention_num_buckets", "31", "from 32 to" },
        { "roberta", "position_embedding_type", "\"relative_key_query\"", "absolute" },
        { "xlm-roberta", "is_decoder", "true", "encoders" },
        { "camembert", "add_cross_attention", "true", "encoders" },
        { "electra", "embedding_size", "0", "from 1 to" },
        { "albert", "num_hidden_groups", "0", "from 1 to" },
        { "albert", "inner_group_num", "17", "up to 16" },
        { "deberta-v3", "pos_att_type", "[\"c2c\"]", "'c2p' and 'p2c'" },
        { "deberta-v3", "norm_rel_ebd", "\"batch_norm\"", "'layer_norm'" },
        { "deberta-v3", "pooler_hidden_act", "\"mish\"", "gelu_new" },
        { "deberta-v3", "conv_kernel_size", "2", "odd" },
        { "deberta-v3", "conv_act", "\"mish\"", "gelu_new" },
        { "modernbert", "classifier_pooling", "\"max\"", "'cls' and 'mean'" },
        { "modernbert", "classifier_activation", "\"mish\"", "gelu_new" },
        { "modernbert", "global_rope_theta", "0", "above 0" },
        { "modernbert", "rope_scaling", "{\"type\": \"linear\"}", "without scaling" },
        { "modernbert", "global_attn_every_n_layers", "0", "from 1 to" },
        { "nomic_bert", "rotary_emb_interleaved", "true", "both halves" },
        { "nomic_bert", "prenorm", "true", "after each part" },
    };

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void A_tensor_that_is_missing_is_named(string family) => Each(family, (files, tensors, tensor) =>
        files[Weights] = Bytes(tensors.Where(other => other != tensor)));

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void A_tensor_of_another_shape_is_named(string family) => Each(family, (files, tensors, tensor) =>
    {
        int[] shape = [.. tensor.Shape[..^1], tensor.Shape[^1] + 1];
        var wide = BertTensor.Create(tensor.Name, shape, new float[shape.Aggregate(1, (a, b) => a * b)]);
        files[Weights] = Bytes(tensors.Select(other => other == tensor ? wide : other));
    });

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void A_value_that_is_not_a_number_is_refused_with_its_tensor(string family) => Each(family, (files, tensors, tensor) =>
    {
        float[] values = TensorValues.Of(tensor);
        values[^1] = float.NaN;
        files[Weights] = Bytes(tensors.Select(other => other == tensor ? BertTensor.Create(tensor.Name, tensor.Shape, values) : other));
    });

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void More_or_fewer_layers_than_the_weights_have_are_refused(string family)
    {
        string field = LayersField(family);
        foreach (int layers in family.StartsWith("albert", StringComparison.Ordinal) ? [] : (int[])[1, 3])
        {
            string message = Refused(family, files => Set(files, field, layers)).Message;
            Assert.Contains(layers == 3 ? ".2." : ".1.", message, StringComparison.Ordinal);
            Assert.Contains(Weights, message, StringComparison.Ordinal);
        }
        Assert.Contains($"'{field}'", Refused(family, files => Set(files, field, 0)).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void A_field_of_another_kind_is_named(string family)
    {
        ModelFamily known = EveryFamily.Checkpoint(family).Load().Config.Family;
        Assert.All(known.Fields, field => Assert.Contains(
            $"'{field.Name}'", Refused(family, files => Set(files, field.Name, new JsonObject { ["a"] = 1 })).Message,
            StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Fields))]
    public void A_value_that_would_change_the_arithmetic_is_refused_with_its_field(string family, string field, string value, string part)
    {
        string message = Refused(family, files => Set(files, field, JsonNode.Parse(value))).Message;
        Assert.All((string[])[field == "activation" ? Config : $"'{field}'", Config, part], fragment =>
            Assert.Contains(fragment, message, StringComparison.Ordinal));
    }

    private static void Each(string family, Action<Dictionary<string, byte[]>, BertTensor[], BertTensor> damage)
    {
        BertTensor[] tensors = [.. EveryFamily.Checkpoint(family, HeadKind.SequenceClassification).Tensors()];
        Assert.All(tensors, tensor =>
        {
            string message = Refused(family, files => damage(files, tensors, tensor)).Message;
            // Without the token embeddings, nobody knows what stands before all names.
            int start = tensor == tensors[0] ? tensor.Name.IndexOf("embeddings", StringComparison.Ordinal) : 0;
            string name = (start > 0 ? "" : "'") + tensor.Name[start..];
            Assert.Contains($"{name}'", message, StringComparison.Ordinal);
            Assert.Contains(Weights, message, StringComparison.Ordinal);
        });
    }

    private static Exception Refused(string family, Action<Dictionary<string, byte[]>> damage)
    {
        Dictionary<string, byte[]> files = new(s_whole.GetOrAdd(family, name =>
            CheckpointMutants.Write(EveryFamily.Checkpoint(name, HeadKind.SequenceClassification))));
        damage(files);
        Exception? exception = Record.Exception(() => BertModel.ReadFrom(new MemorySource(files), "damaged"));
        Assert.True(exception is InvalidDataException or NotSupportedException, $"{family}: {exception}");
        return exception!;
    }

    private static string LayersField(string family) =>
        EveryFamily.Checkpoint(family).Load().Config.Family.Fields
            .Single(field => field.Name is "num_hidden_layers" or "n_layers" or "n_layer").Name;

    private static void Set(Dictionary<string, byte[]> files, string field, JsonNode? value)
    {
        JsonObject config = JsonNode.Parse(files[Config])!.AsObject();
        config[field] = value;
        files[Config] = Encoding.UTF8.GetBytes(config.ToJsonString());
    }

    private static byte[] Bytes(IEnumerable<BertTensor> tensors) => CheckpointMutants.Bytes([.. tensors]);
}
